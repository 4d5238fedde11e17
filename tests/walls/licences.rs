//! Under which licences the house may be built.

use std::collections::BTreeSet;

use super::workspace::{METADATA, array, text};

/// The packages that are built on this platform, tests included.
fn built() -> BTreeSet<&'static str> {
    let nodes = array(&METADATA["resolve"]["nodes"]);
    nodes.iter().map(|node| text(&node["id"])).collect()
}

/// Whether one of the alternatives is free of strings that bind the whole binary.
fn is_permissive(licence: &str) -> bool {
    let alternatives = licence.split(" OR ").flat_map(|part| part.split('/'));
    let mut permissive = alternatives.filter(|part| !part.contains("GPL"));
    permissive.next().is_some_and(|part| !part.trim().is_empty())
}

#[test]
fn every_dependency_may_be_used_in_a_closed_product() {
    let built = built();
    for package in array(&METADATA["packages"]) {
        let (id, name) = (text(&package["id"]), text(&package["name"]));
        if !built.contains(id) || name.starts_with("mainstay-") {
            continue;
        }
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_permissive(licence), "{name} is under {licence:?}");
    }
}

#[test]
fn a_copyleft_licence_is_told_from_a_choice_that_includes_one() {
    assert!(is_permissive("MIT OR Apache-2.0 OR LGPL-2.1-or-later"));
    assert!(is_permissive("MIT/Apache-2.0"));
    assert!(!is_permissive("GPL-3.0-or-later"));
    assert!(!is_permissive(""));
}
