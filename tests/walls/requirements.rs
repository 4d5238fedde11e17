//! What the tables of docs/security.md promise.

use std::{collections::BTreeSet, fs, path::Path};

use super::workspace::root;

/// The requirements of levels 1 and 2 of OWASP ASVS 5.0 in the chapters that concern a server
/// with accounts: each section, and how many of its requirements. The levels come in order, so that
/// these are the first of the section.
const ASVS: &[(&str, u32)] = &[
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("10.1", 2),
    ("10.2", 2),
    ("10.3", 4),
    ("10.4", 11),
    ("10.5", 5),
    ("10.6", 2),
    ("10.7", 3),
    ("14.1", 2),
    ("14.2", 4),
    ("14.3", 3),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 3),
];

/// What the last column may say where there is no test.
const REMARKS: [&str; 4] = ["written down: [", "not applicable: ", "departs: ", "not yet"];

/// A row of a table of requirements.
struct Row {
    id: String,
    proof: String,
}

/// The rows of every table with a proof in its last column.
fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/security.md")).expect("the page can be read");
    let tables = text
        .split("| # | asks | here | proof |\n|---|---|---|---|\n")
        .skip(1);
    let lines = tables.flat_map(|table| table.lines().take_while(|line| line.starts_with("| ")));
    lines.map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    assert_eq!(cells.len(), 4, "not four cells: {line}");
    assert!(cells.iter().all(|cell| !cell.is_empty()), "an empty cell: {line}");
    Row {
        id: cells[0].to_owned(),
        proof: cells[3].to_owned(),
    }
}

/// Whether the file has a function of that name.
fn exists(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else {
        return false;
    };
    let path = root().join(Path::new(file));
    fs::read_to_string(path).is_ok_and(|text| text.contains(&format!("fn {name}(")))
}

#[test]
fn every_proof_names_tests_that_exist_or_says_why_not() {
    let rows = rows();
    assert!(rows.len() > 150, "only {} rows were found", rows.len());
    for Row { id, proof } in rows {
        if REMARKS.iter().any(|remark| proof.starts_with(remark)) {
            continue;
        }
        for test in proof.split("<br>") {
            let test = test.strip_prefix('`').and_then(|test| test.strip_suffix('`'));
            let test = test.unwrap_or_else(|| panic!("{id}: neither a test nor a remark: {proof}"));
            assert!(exists(test), "{id}: there is no {test}");
        }
    }
}

#[test]
fn no_requirement_of_the_chapters_is_left_out() {
    let told: BTreeSet<String> = rows().into_iter().map(|row| row.id).collect();
    let asked = ASVS
        .iter()
        .flat_map(|(section, count)| (1..=*count).map(move |number| format!("{section}.{number}")));
    let missing: Vec<String> = asked.filter(|id| !told.contains(id)).collect();
    assert!(missing.is_empty(), "docs/security.md says nothing of {missing:?}");
}

#[test]
fn every_link_within_the_page_leads_to_a_heading() {
    let text = fs::read_to_string(root().join("docs/security.md")).expect("the page can be read");
    let headings: BTreeSet<String> = text
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches(['#', ' '])
                .to_lowercase()
                .replace(' ', "-")
        })
        .collect();
    for target in text
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
    {
        assert!(headings.contains(target), "no heading for #{target}");
    }
}
