//! Files, and the octets they stand for.

use std::collections::BTreeMap;

use crate::{
    BlobId, BucketId, BucketName, FileId, InvalidValue, KeyPrefix, MediaType, ObjectKey, PageRequest,
    Position, SortValue, Timestamp, UserId, Version,
};

/// SHA-256 of a file's octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The checksum in 64 hexadecimal digits, large or small.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_FORMAT`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let octet = |pair: &[u8]| {
            let digits = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(digits, 16).ok()
        };
        // Some parsers of numbers take a sign, too.
        let plain = raw.bytes().all(|c| c.is_ascii_hexdigit());
        let octets: Option<Vec<u8>> = raw.as_bytes().chunks(2).map(octet).collect();
        let sum = octets.filter(|_| plain && raw.len() == 64);
        sum.and_then(|octets| octets.try_into().ok())
            .map(Self)
            .ok_or(InvalidValue::new(
                "INVALID_FORMAT",
                "must be 64 hexadecimal digits",
            ))
    }
}

/// Whether a file may be given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileStatus {
    /// It may.
    Ready,
    /// Not before a scan has found nothing in it.
    Unscanned,
    /// Never: a scan found something in it.
    Infected,
}

impl FileStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Ready, Self::Unscanned, Self::Infected];

    /// The name it is stored and shown by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Unscanned => "unscanned",
            Self::Infected => "infected",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// What its owner says about a file, by name: at most 32 entries, checked where they come in.
pub type FileMetadata = BTreeMap<String, String>;

/// A file: a name in a bucket for octets that never change. Writing it anew makes other octets
/// and lets the name stand for those.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Identity; stays when the file is renamed or written anew.
    pub id: FileId,
    /// Where it is.
    pub bucket_id: BucketId,
    /// What it is called.
    pub key: ObjectKey,
    /// Whose it is; none once that user is gone.
    pub owner: Option<UserId>,
    /// Its octets.
    pub blob: BlobId,
    /// How many, in octets.
    pub size: i64,
    /// What they are, as far as they tell.
    pub media_type: MediaType,
    /// What the uploader said they are.
    pub declared_type: Option<MediaType>,
    /// Their checksum.
    pub sha256: Sha256,
    /// What its owner says about it.
    pub metadata: FileMetadata,
    /// Whether it may be given out.
    pub status: FileStatus,
    /// Counts changes.
    pub version: Version,
    /// When it was first written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl File {
    /// Where it stands in a list by key.
    #[must_use]
    pub fn position(&self) -> Position {
        Position {
            value: SortValue::Text(self.key.as_str().to_owned()),
            id: self.id.uuid(),
        }
    }
}

/// Most entries that metadata may have.
const MAX_ENTRIES: usize = 32;
/// Most characters in the value of one.
const MAX_VALUE: usize = 256;

/// Checks metadata that came from outside: at most 32 entries, named by 1 to 64 letters, digits,
/// `.`, `_` and `-`, each of at most 256 characters without control characters.
///
/// # Errors
/// [`InvalidValue`] with code `INVALID_METADATA`.
pub fn parse_metadata(raw: FileMetadata) -> Result<FileMetadata, InvalidValue> {
    let name = |name: &str| {
        (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c))
    };
    let value = |value: &str| value.chars().count() <= MAX_VALUE && !value.chars().any(char::is_control);
    if raw.len() > MAX_ENTRIES || !raw.iter().all(|(key, text)| name(key) && value(text)) {
        return Err(InvalidValue::new(
            "INVALID_METADATA",
            "must be at most 32 entries, named by up to 64 letters, digits, `.`, `_` and `-`, each of up to 256 characters",
        ));
    }
    Ok(raw)
}

/// Which files of a bucket to list: by key, in the order of its octets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileQuery {
    /// Only keys that begin so.
    pub prefix: KeyPrefix,
    /// Keys that have this character behind the prefix are shown once, as the folder up to it.
    pub delimiter: Option<char>,
    /// Only files of this user.
    pub owner: Option<UserId>,
    /// Which page.
    pub page: PageRequest,
}

/// A line of such a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileEntry {
    /// A file. In a box, for it is much larger than a folder.
    File(Box<File>),
    /// What all keys of a folder begin with, the delimiter included.
    Folder(String),
}

/// How much somebody keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Octets.
    pub size: i64,
    /// Files.
    pub files: i64,
}

/// Where octets are in their life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlobStatus {
    /// Being written, or left half written by a process that died.
    Writing,
    /// A file stands for them.
    Kept,
    /// No file does any more; they are to be removed.
    Dead,
}

impl BlobStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Writing, Self::Kept, Self::Dead];

    /// The name it is stored by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::Kept => "kept",
            Self::Dead => "dead",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Octets in the object store. Each has its row before the first octet is written and until the
/// last one is removed, so that nothing there is ever without a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Identity, and its key in the object store.
    pub id: BlobId,
    /// The bucket that it lies in.
    pub bucket: BucketName,
    /// Where it is in its life.
    pub status: BlobStatus,
    /// Since when it is there.
    pub since: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_that_headers_or_columns_cannot_hold_is_refused() {
        let one = |name: &str, value: &str| FileMetadata::from([(name.to_owned(), value.to_owned())]);
        let many: FileMetadata = (0..33).map(|n| (format!("n{n}"), String::new())).collect();
        let long = "a".repeat(257);
        for raw in [
            one("", "v"),
            one("a b", "v"),
            one("a", "x\r\ny"),
            one("a", &long),
            many,
        ] {
            assert!(parse_metadata(raw.clone()).is_err(), "{raw:?} was accepted");
        }
        let kept = one("camera.model", "Käse 📷");
        assert_eq!(parse_metadata(kept.clone()), Ok(kept));
    }
}
