//! What happens around files: scans, and events for whoever wants to know.

use std::sync::Arc;

use mainstay_domain::{Bucket, File, FileId, JobId, JobKind, JobPriority, NewJob};
use mainstay_repositories::UnitOfWork;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StorageService;
use crate::{Failure, ports::FileScanner};

/// The kind of the jobs that tell of a file that can be read now: a new one, or one that was written
/// anew. With a scanner, after it found nothing. The payload is a [`FileEvent`] as JSON.
pub const FILE_CREATED_JOB: JobKind = JobKind::new("file.created");
/// The kind of the jobs that tell of a file that is gone. The payload is a [`FileEvent`] as JSON.
pub const FILE_DELETED_JOB: JobKind = JobKind::new("file.deleted");
/// The kind of the jobs that have a file scanned.
pub const FILE_SCAN_JOB: JobKind = JobKind::new("file.scan");

/// Tries of a scan; with ten seconds before the second one, some four to six hours of them.
const SCAN_ATTEMPTS: i32 = 12;
/// Tries of telling an event.
const EVENT_ATTEMPTS: i32 = 12;

/// What is done around files.
#[derive(Clone, Default)]
pub struct FileHooks {
    /// Looks for malware. Files stay shut until it has.
    pub scanner: Option<Arc<dyn FileScanner>>,
    /// The kinds among [`FILE_CREATED_JOB`] and [`FILE_DELETED_JOB`] that somebody handles; others are
    /// not written down.
    pub events: Vec<JobKind>,
}

/// What an event tells of a file. At the time it is handled the file may be another one already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEvent {
    /// The file's id.
    pub file: Uuid,
    /// The bucket's name.
    pub bucket: String,
    /// The file's key.
    pub key: String,
    /// Whose it is.
    pub owner: Option<Uuid>,
    /// Its length, in octets.
    pub size: i64,
    /// Its media type, as its octets tell.
    pub media_type: String,
    /// Its checksum, in hexadecimal digits.
    pub sha256: String,
}

/// What a job of the kind [`FILE_SCAN_JOB`] is about.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ScanOrder {
    pub(super) file: Uuid,
    pub(super) blob: Uuid,
}

impl FileEvent {
    /// What there is to tell of `file` in `bucket`.
    #[must_use]
    pub fn of(bucket: &Bucket, file: &File) -> Self {
        let sha256 = file.sha256.0.iter().map(|octet| format!("{octet:02x}"));
        Self {
            file: file.id.uuid(),
            bucket: bucket.name.to_string(),
            key: file.key.to_string(),
            owner: file.owner.map(|owner| owner.uuid()),
            size: file.size,
            media_type: file.media_type.to_string(),
            sha256: sha256.collect(),
        }
    }
}

impl StorageService {
    /// Tells of an event in the unit of work that it happens in, if somebody wants to know.
    pub(super) async fn announce(
        &self,
        unit: &dyn UnitOfWork,
        kind: &JobKind,
        (bucket, file): (&Bucket, &File),
    ) -> Result<(), Failure> {
        if !self.ports.hooks.events.contains(kind) {
            return Ok(());
        }
        let payload = serde_json::to_string(&FileEvent::of(bucket, file));
        self.order(unit, (kind.clone(), EVENT_ATTEMPTS), payload).await
    }

    /// What is to be done about octets that a file came to stand for: a scan, or else the news.
    pub(super) async fn follow_up(
        &self,
        unit: &dyn UnitOfWork,
        (bucket, file): (&Bucket, &File),
    ) -> Result<(), Failure> {
        if self.ports.hooks.scanner.is_none() {
            return self.announce(unit, &FILE_CREATED_JOB, (bucket, file)).await;
        }
        let order = ScanOrder {
            file: file.id.uuid(),
            blob: file.blob.uuid(),
        };
        self.order(
            unit,
            (FILE_SCAN_JOB, SCAN_ATTEMPTS),
            serde_json::to_string(&order),
        )
        .await
    }

    /// Writes a job down in the unit of work that it belongs to.
    pub(super) async fn order(
        &self,
        unit: &dyn UnitOfWork,
        (kind, max_attempts): (JobKind, i32),
        payload: serde_json::Result<String>,
    ) -> Result<(), Failure> {
        let now = self.ports.clock.now();
        let job = NewJob {
            id: JobId(self.ports.entropy.id(now)),
            kind,
            payload: payload.map_err(|error| Failure::Internal(error.to_string()))?,
            key: None,
            priority: JobPriority::Normal,
            run_at: now,
            max_attempts,
            request_id: None,
            created_at: now,
        };
        unit.jobs().enqueue(&job).await?;
        Ok(())
    }
}

impl ScanOrder {
    pub(super) fn file(&self) -> FileId {
        FileId(self.file)
    }
}
