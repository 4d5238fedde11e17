//! A note.

use mainstay_domain::{Text, Timestamp, UserId, Version, define_id};

define_id!(
    /// Identifies a note.
    NoteId
);

/// What a note is called.
pub type Title = Text<1, 200>;
/// What a note says.
pub type Body = Text<0, 10_000>;

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    pub owner: UserId,
    pub title: Title,
    pub body: Body,
    pub version: Version,
    pub created_at: Timestamp,
}
