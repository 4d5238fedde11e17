//! A file as clients see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mainstay_domain::{BucketName, File, FileEntry};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::extract::hex;

/// A file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub(super) struct FileBody {
    /// Identity; stays when the file is moved or written anew.
    id: Uuid,
    /// The bucket that it is in.
    #[schema(example = "reports")]
    bucket: String,
    /// What it is called there.
    #[schema(example = "2026/q3.pdf")]
    key: String,
    /// Whose it is; null once that user is gone.
    #[schema(required)]
    owner_id: Option<Uuid>,
    /// Its length, in octets.
    #[schema(example = 48_213)]
    size: i64,
    /// What its octets are, as far as they tell.
    #[schema(example = "application/pdf")]
    media_type: String,
    /// What the uploader said they are.
    #[schema(required, example = "application/pdf")]
    declared_type: Option<String>,
    /// SHA-256 of its octets, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
    /// What its owner says about it.
    #[schema(example = json!({ "quarter": "3" }))]
    metadata: BTreeMap<String, String>,
    /// `ready`, or `unscanned` and `infected` while it is not given out.
    #[schema(example = "ready")]
    status: &'static str,
    /// Counts changes.
    #[schema(example = 1)]
    version: i64,
    /// When it was first written.
    created_at: DateTime<Utc>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
}

impl FileBody {
    pub(super) fn new(bucket: &BucketName, file: File) -> Self {
        Self {
            id: file.id.uuid(),
            bucket: bucket.to_string(),
            key: file.key.to_string(),
            owner_id: file.owner.map(mainstay_domain::UserId::uuid),
            size: file.size,
            media_type: file.media_type.to_string(),
            declared_type: file.declared_type.as_ref().map(ToString::to_string),
            sha256: hex(&file.sha256.0),
            metadata: file.metadata,
            status: file.status.as_str(),
            version: file.version,
            created_at: file.created_at,
            updated_at: file.updated_at,
        }
    }
}

/// A line of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = FileEntry)]
pub(super) enum EntryBody {
    /// A file. In a box, for it is much larger than a folder.
    File(Box<FileBody>),
    /// What all keys of a folder begin with, the delimiter included.
    Folder {
        /// The prefix to list its files with.
        prefix: String,
    },
}

impl EntryBody {
    pub(super) fn new(bucket: &BucketName, entry: FileEntry) -> Self {
        match entry {
            FileEntry::File(file) => Self::File(Box::new(FileBody::new(bucket, *file))),
            FileEntry::Folder(prefix) => Self::Folder { prefix },
        }
    }
}

/// Octets of any kind.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "octets are streamed; this describes them")]
pub(crate) struct Octets(Vec<u8>);
