//! What is sent and answered.

use serde::{Deserialize, Serialize};

/// Who may read a bucket's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum B2BucketType {
    /// Anybody who knows their names.
    #[serde(rename = "allPublic")]
    Public,
    /// Whoever is authorized.
    #[serde(rename = "allPrivate")]
    Private,
    /// A kind that this client does not make: snapshots, shares.
    #[serde(other, rename = "other")]
    Other,
}

/// When B2 removes what is not shown any more. Without a rule it keeps every version of every
/// file forever, and has it paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct B2LifecycleRule {
    /// For files whose names begin so; empty for all.
    pub file_name_prefix: String,
    /// Days after which a file that was replaced or deleted is removed.
    pub days_from_hiding_to_deleting: Option<u32>,
    /// Days after which a file is hidden.
    pub days_from_uploading_to_hiding: Option<u32>,
    /// Days after which a large file that was begun and not finished is thrown away.
    #[serde(default)]
    pub days_from_starting_to_canceling_unfinished_large_files: Option<u32>,
}

impl B2LifecycleRule {
    /// What is gone for us is gone for good a day later; so are the parts of broken uploads.
    #[must_use]
    pub fn tidy() -> Self {
        Self {
            file_name_prefix: String::new(),
            days_from_hiding_to_deleting: Some(1),
            days_from_uploading_to_hiding: None,
            days_from_starting_to_canceling_unfinished_large_files: Some(1),
        }
    }
}

/// A bucket as B2 describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct B2Bucket {
    /// Its id, which other calls want.
    pub bucket_id: String,
    /// Its name.
    pub bucket_name: String,
    /// Who may read its files.
    pub bucket_type: B2BucketType,
    /// When its files are removed.
    #[serde(default)]
    pub lifecycle_rules: Vec<B2LifecycleRule>,
}

/// `b2_authorize_account`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Authorized {
    pub(super) account_id: String,
    pub(super) authorization_token: String,
    pub(super) api_info: ApiInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiInfo {
    pub(super) storage_api: StorageApi,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StorageApi {
    pub(super) api_url: String,
    pub(super) download_url: String,
}

/// `b2_list_buckets`.
#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) buckets: Vec<B2Bucket>,
}

/// `b2_get_download_authorization`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DownloadAuthorized {
    pub(super) authorization_token: String,
}

/// What every refusal looks like.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
}
