//! Section `storage`: where the octets of files are kept.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;

use super::{Config, Key, Kind, human, rules::Rule};

/// S3's largest object.
const LARGEST_FILE: u64 = 5 << 40;

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "storage.backend",
        Kind::Choice(&["disk", "s3", "b2", "gcs", "azure", "memory"]),
        "disk",
        "Where files are kept; memory forgets them and is for tests only. See docs/object-stores.md.",
    ),
    Key::new(
        "storage.root",
        Kind::Text,
        "data/files",
        "The folder of the backend disk.",
    ),
    Key::new(
        "storage.max_file_size",
        Kind::Size {
            min: 1,
            max: LARGEST_FILE,
        },
        "5GiB",
        "The largest file, whatever its bucket allows.",
    ),
    Key::new(
        "storage.redirect_downloads",
        Kind::Flag,
        "false",
        "Whether downloads are sent on to a remote backend that can sign URLs. See docs/object-stores.md.",
    ),
    Key::new(
        "storage.mapping",
        Kind::Choice(&["prefix", "bucket"]),
        "prefix",
        "What a bucket is at a remote backend: a prefix in storage.bucket, or a bucket of its own.",
    ),
    Key::new(
        "storage.bucket",
        Kind::OptionalText,
        "",
        "The remote bucket (GCS bucket, Azure container) that everything lies in with the mapping prefix.",
    ),
    Key::new(
        "storage.name_prefix",
        Kind::OptionalText,
        "",
        "What stands before each bucket's name at a remote backend, such as acme- or uploads/.",
    ),
    Key::new(
        "storage.endpoint",
        Kind::WebUrl,
        "",
        "The remote backend, if it is not that of Amazon, Google or Microsoft itself.",
    ),
    Key::new(
        "storage.region",
        Kind::OptionalText,
        "",
        "The region of an S3 backend; us-east-1 where none is needed.",
    ),
    Key::new(
        "storage.virtual_host_style",
        Kind::Flag,
        "false",
        "Whether an S3 backend expects the bucket in the host name instead of the path.",
    ),
    Key::new(
        "storage.access_key_id",
        Kind::OptionalText,
        "",
        "The access key id (S3), key id (B2) or account (Azure); without one, what the machine is allowed to.",
    ),
    Key::new(
        "storage.secret_access_key",
        Kind::OptionalText,
        "",
        "The secret that belongs to it.",
    )
    .secret(),
    Key::new(
        "storage.credentials_file",
        Kind::OptionalText,
        "",
        "The key file of a Google service account.",
    ),
    Key::new(
        "storage.timeout",
        Kind::Span {
            min: Duration::from_millis(100),
            max: Duration::from_secs(300),
        },
        "30s",
        "How long a remote backend may be silent.",
    ),
    Key::new(
        "storage.retries",
        Kind::Whole { min: 0, max: 10 },
        "3",
        "How often a request to a remote backend is tried again.",
    ),
];

/// Where files are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StorageBackend {
    /// In a folder.
    Disk,
    /// In a store that speaks S3.
    S3,
    /// In Backblaze B2.
    B2,
    /// In Google Cloud Storage.
    Gcs,
    /// In Azure Blob Storage.
    Azure,
    /// In memory.
    Memory,
}

impl StorageBackend {
    /// Whether it is reached over a network.
    #[must_use]
    pub const fn is_remote(self) -> bool {
        !matches!(self, Self::Disk | Self::Memory)
    }
}

/// What a bucket is at a remote backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BucketMapping {
    /// A prefix in one bucket.
    Prefix,
    /// A bucket.
    Bucket,
}

/// Section `storage`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// Where files are kept.
    pub backend: StorageBackend,
    /// The folder of the backend disk.
    pub root: PathBuf,
    /// The largest file, in octets.
    pub max_file_size: u64,
    /// Whether downloads are sent on to a remote backend that can sign URLs.
    pub redirect_downloads: bool,
    /// What a bucket is at a remote backend.
    pub mapping: BucketMapping,
    /// The remote bucket that everything lies in with the mapping `Prefix`.
    pub bucket: Option<String>,
    /// What stands before each bucket's name at a remote backend.
    pub name_prefix: Option<String>,
    /// The remote backend.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Whether the bucket stands in the host name.
    pub virtual_host_style: bool,
    /// Who we are there.
    pub access_key_id: Option<String>,
    /// The secret that belongs to it.
    pub secret_access_key: Option<SecretString>,
    /// The key file of a Google service account.
    pub credentials_file: Option<PathBuf>,
    /// How long a remote backend may be silent.
    #[serde(deserialize_with = "human::duration")]
    pub timeout: Duration,
    /// How often a request is tried again.
    pub retries: u32,
}

/// What contradicts itself, and what production refuses.
pub(super) fn rules(config: &Config) -> Vec<Rule> {
    let (storage, production) = (&config.storage, config.environment.is_production());
    let (backend, remote) = (storage.backend, storage.backend.is_remote());
    let keys = (
        storage.access_key_id.is_some(),
        storage.secret_access_key.is_some(),
    );
    let insecure = |url: &String| !url.starts_with("https://");
    vec![
        (
            "storage.backend",
            production && backend == StorageBackend::Memory,
            "production expects a backend that outlives the process",
        ),
        (
            "storage.bucket",
            remote && storage.mapping == BucketMapping::Prefix && storage.bucket.is_none(),
            "expected the remote bucket, for storage.mapping is prefix",
        ),
        (
            "storage.mapping",
            matches!(backend, StorageBackend::Gcs | StorageBackend::Azure)
                && storage.mapping == BucketMapping::Bucket,
            "expected prefix: buckets of this backend are not made by Mainstay",
        ),
        (
            "storage.secret_access_key",
            remote && keys.0 != keys.1,
            "expected both storage.access_key_id and storage.secret_access_key, or neither",
        ),
        (
            "storage.access_key_id",
            matches!(backend, StorageBackend::B2 | StorageBackend::Azure) && !keys.0,
            "expected the key, for this backend knows nobody without one",
        ),
        (
            "storage.region",
            backend == StorageBackend::B2 && storage.region.is_none() && storage.endpoint.is_none(),
            "expected the region in the bucket's S3 endpoint, such as eu-central-003",
        ),
        (
            "storage.endpoint",
            production && remote && storage.endpoint.as_ref().is_some_and(insecure),
            "production expects an https:// address: files must not travel in the clear",
        ),
    ]
}
