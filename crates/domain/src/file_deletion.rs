//! Deletions of many files at once.

use crate::{ApiKeyId, BucketId, FileDeletionId, KeyPrefix, ObjectKey, Origin, Timestamp, UserId};

/// Where a deletion is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeletionStatus {
    /// Nothing was done yet.
    Pending,
    /// Some files are gone, or looked at.
    Running,
    /// Every file that it was about is gone.
    Done,
    /// It was given up: whoever asked may not any more, or it never worked.
    Failed,
    /// Whoever asked did not want it any more.
    Cancelled,
}

impl DeletionStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Running,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];
    /// Those of deletions that go on.
    pub const UNDER_WAY: [Self; 2] = [Self::Pending, Self::Running];

    /// The name it is stored and shown by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        Self::UNDER_WAY.contains(&self)
    }
}

/// The deletion of all files under a prefix that were there, as they were, when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDeletion {
    /// Identity.
    pub id: FileDeletionId,
    /// Where.
    pub bucket_id: BucketId,
    /// What the keys begin with.
    pub prefix: KeyPrefix,
    /// Who asked.
    pub owner: UserId,
    /// The API key by which they did.
    pub api_key_id: Option<ApiKeyId>,
    /// Whether the files of everybody are meant; else only those of `owner`.
    pub everybody: bool,
    /// Where the request came from.
    pub origin: Origin,
    /// Where it is in its life.
    pub status: DeletionStatus,
    /// Files that are gone.
    pub deleted: i64,
    /// Files that there were, where that is known without counting them.
    pub total: Option<i64>,
    /// The last key that was looked at.
    pub reached: Option<ObjectKey>,
    /// Counts how often it moved on.
    pub step: i32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it last moved on.
    pub moved_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}
