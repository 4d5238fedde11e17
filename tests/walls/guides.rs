//! What the guides show is code that compiles.

use std::{collections::BTreeSet, fs, path::Path};

use super::workspace::{root, sources};

/// A line as it is compared: without indentation and without what it is marked with.
fn plain(line: &str) -> &str {
    line.trim().trim_end_matches("// register").trim_end()
}

/// Every line of the Rust files below one of the folders.
fn lines_below(folders: &[&str]) -> BTreeSet<String> {
    let is_below = |path: &Path| folders.iter().any(|folder| path.starts_with(root().join(folder)));
    let files = sources().into_iter().filter(|path| is_below(path));
    let texts = files.map(|path| fs::read_to_string(path).expect("a source file can be read"));
    texts
        .flat_map(|text| {
            text.lines()
                .map(|line| plain(line).to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The lines of the Rust blocks of a guide that are not in the code.
fn invented(guide: &str, code: &BTreeSet<String>) -> Vec<String> {
    let text = fs::read_to_string(root().join(guide)).expect("a guide can be read");
    let blocks = text.split("```rust\n").skip(1);
    let shown = blocks.flat_map(|block| block.split("\n```").next().unwrap_or_default().lines());
    let shown = shown
        .map(plain)
        .filter(|line| !line.is_empty() && *line != "// …");
    shown
        .filter(|line| !code.contains(*line))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_guide_to_adding_a_resource_shows_the_example() {
    let code = lines_below(&["examples/notes/src"]);
    let invented = invented("docs/adding-a-resource.md", &code);
    assert!(
        invented.is_empty(),
        "the example has no such lines: {invented:#?}"
    );
}

#[test]
fn the_readme_shows_code_that_is_compiled_elsewhere() {
    let code = lines_below(&["examples/notes/src", "crates/services/tests"]);
    let invented = invented("README.md", &code);
    assert!(
        invented.is_empty(),
        "no test or example has such lines: {invented:#?}"
    );
}

/// Where the links of a text lead, those to the network and within the text aside.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    targets.filter_map(|target| target.split('#').next())
}

#[test]
fn every_link_in_the_documents_leads_to_a_file() {
    for folder in ["", "docs", "docs/adr", "bench"].map(|folder| root().join(folder)) {
        let entries = fs::read_dir(&folder).expect("a folder can be listed");
        let paths = entries.map(|entry| entry.expect("an entry can be read").path());
        for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
            let text = fs::read_to_string(&path).expect("a document can be read");
            for link in links(&text) {
                assert!(
                    folder.join(link).exists(),
                    "{} leads to {link}, which is not there",
                    path.display()
                );
            }
        }
    }
}
