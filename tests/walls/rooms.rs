//! What a file may look like.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::workspace::{root, sources};

/// A longer file has more than one subject.
const LONGEST_FILE: usize = 500;

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a source file can be read")
}

fn shown(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.display().to_string()
}

/// The text without comments and attributes.
fn bare(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut bare = String::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('#') {
        bare.push_str(&rest[..start]);
        rest = after_attribute(&rest[start..]);
    }
    bare + rest
}

/// What follows the attribute that `text` begins with.
fn after_attribute(text: &str) -> &str {
    let mut depth = 0;
    for (index, letter) in text.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' if depth == 1 => return &text[index + 1..],
            ']' => depth -= 1,
            _ => {}
        }
    }
    ""
}

/// Whether a file holds docs, `mod` lines and re-exports and nothing else.
fn is_door(source: &str) -> bool {
    let text = bare(source);
    let items = text.split(';').map(str::trim).filter(|item| !item.is_empty());
    items.into_iter().all(|item| {
        let item = item.strip_prefix("pub(crate) ").unwrap_or(item);
        let item = item.strip_prefix("pub(super) ").unwrap_or(item);
        let item = item.strip_prefix("pub ").unwrap_or(item);
        item.starts_with("use ") || (item.starts_with("mod ") && !item.contains('{'))
    })
}

#[test]
fn every_mod_file_is_a_door_and_nothing_else() {
    let doors = sources().into_iter().filter(|path| path.ends_with("mod.rs"));
    let rooms: Vec<_> = doors
        .filter(|path| !is_door(&read(path)))
        .map(|path| shown(&path))
        .collect();
    assert!(
        rooms.is_empty(),
        "these hold more than docs, mod and use: {rooms:?}"
    );
}

#[test]
fn no_source_file_is_longer_than_five_hundred_lines() {
    let length = |path: &PathBuf| read(path).lines().count();
    let long = sources().into_iter().filter(|path| length(path) > LONGEST_FILE);
    let long: Vec<_> = long.map(|path| shown(&path)).collect();
    assert!(long.is_empty(), "these are too long: {long:?}");
}

#[test]
fn types_of_the_orm_are_named_only_where_data_is_kept() {
    let allowed = [
        "crates/repositories/src/sea",
        "crates/repositories/tests",
        "migration",
        "examples",
        "bench",
        "tests",
    ];
    let outside = sources().into_iter().filter(|path| {
        let shown = shown(path);
        let inside = allowed.iter().any(|folder| shown.starts_with(folder));
        // The server and the test kit open connections and run steps; they name no entity.
        let runs_steps = ["crates/server", "crates/testkit"]
            .iter()
            .any(|folder| shown.starts_with(folder));
        let unwanted = if runs_steps { "EntityTrait" } else { "sea_orm" };
        !inside
            && read(path)
                .lines()
                .any(|line| !line.trim_start().starts_with("//") && line.contains(unwanted))
    });
    let outside: Vec<_> = outside.map(|path| shown(&path)).collect();
    assert!(outside.is_empty(), "these name types of the ORM: {outside:?}");
}

#[test]
fn a_door_is_told_from_a_room_by_what_it_holds() {
    assert!(is_door(
        "//! Docs.\n#![allow(\n    x,\n    reason = \"y\"\n)]\nmod a;\n#[cfg(test)]\npub mod b;\npub use a::{B, C};\n"
    ));
    assert!(!is_door("mod a { fn b() {} }"));
    assert!(!is_door("mod a;\nfn b() {}\n"));
    assert!(!is_door("pub const A: u8 = 1;\n"));
}
