//! The table of notes.

use mainstay_migration::{MigrationTrait, NewTable};

/// Creates `notes`.
pub fn steps() -> Vec<Box<dyn MigrationTrait>> {
    let notes = NewTable::new("m20261121_100001_notes", "notes")
        .belongs_to("owner", ("users", "id"))
        .text("title", 200)
        .long_text("body")
        .integer("version")
        .integer("created_at")
        .index(&["owner", "created_at", "id"])
        .index(&["created_at", "id"]);
    vec![Box::new(notes)]
}
