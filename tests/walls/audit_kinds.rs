//! Every kind of audit event is written by a use case, and a test has seen it.

use std::fs;

use super::workspace::{root, sources};

/// Kinds that no use case writes yet, or no test looks for by name, each with the reason.
const EXEMPT: &[(&str, &str)] = &[];

/// Variant and name of every kind, as the table in the domain has them.
fn kinds() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("crates/domain/src/audit.rs")).expect("the table of kinds");
    let rows = text.lines().filter_map(|line| line.trim().split_once(" => \""));
    rows.filter_map(|(variant, rest)| {
        let name = rest.strip_suffix("\",")?;
        variant
            .chars()
            .all(char::is_alphanumeric)
            .then(|| (variant.to_owned(), name.to_owned()))
    })
    .collect()
}

/// The text of every source file whose path meets a condition.
fn texts(wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let files = sources().into_iter().filter(|path| {
        let shown = path.strip_prefix(root()).unwrap_or(path).display().to_string();
        wanted(&shown)
    });
    files
        .map(|path| fs::read_to_string(path).expect("a source file can be read"))
        .collect()
}

#[test]
fn every_kind_of_audit_event_is_written_by_a_use_case_and_seen_by_a_test() {
    let use_cases = texts(|path| path.starts_with("crates/services/src"));
    let tests = texts(|path| {
        path.starts_with("tests/api") || (path.starts_with("crates/") && path.contains("/tests/"))
    });
    let kinds = kinds();
    assert!(kinds.len() > 20, "the table of kinds was not found");
    let mut missing = Vec::new();
    for (variant, name) in kinds {
        if EXEMPT.iter().any(|(exempt, _)| *exempt == name) {
            continue;
        }
        let (variant, quoted) = (format!("AuditKind::{variant}"), name.clone());
        let names = |text: &String, word: &str| {
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            text.match_indices(word)
                .any(|(at, _)| ends(&text[at + word.len()..]))
        };
        if !use_cases.iter().any(|text| names(text, &variant)) {
            missing.push(format!("{name} is written by no use case"));
        }
        let seen = |text: &String| names(text, &quoted) || names(text, &variant);
        if !tests.iter().any(seen) {
            missing.push(format!("{name} is looked for by no test"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
