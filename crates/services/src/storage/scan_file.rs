//! Having a file scanned.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{AuditEvent, AuditKind, Bucket, File, FileStatus, Job, JobKind, Origin};

use super::{
    FILE_CREATED_JOB, FILE_SCAN_JOB, StorageError, StorageService, blob::object_key, hooks::ScanOrder,
    place::place_of,
};
use crate::{
    Failure,
    audit::event,
    jobs::{JobError, JobHandler},
    ports::{FileScanner, ScanVerdict},
};

/// Does the jobs of the kind [`FILE_SCAN_JOB`].
pub struct ScanFile {
    /// Knows the files.
    pub storage: Arc<StorageService>,
    /// Looks into them.
    pub scanner: Arc<dyn FileScanner>,
}

#[async_trait]
impl JobHandler for ScanFile {
    fn kind(&self) -> JobKind {
        FILE_SCAN_JOB
    }

    /// A file that is gone, was written anew or was judged already is left alone.
    async fn run(&self, job: &Job) -> Result<(), JobError> {
        let order: ScanOrder =
            serde_json::from_str(&job.payload).map_err(|error| JobError::Dead(error.to_string()))?;
        let again = |error: &dyn std::error::Error| JobError::Again(error.to_string());
        let found = self.storage.to_be_scanned(&order).await;
        let Some((bucket, file)) = found.map_err(|error| again(&error))? else {
            return Ok(());
        };
        let octets = self.storage.octets_of(&bucket, &file).await;
        let octets = octets.map_err(|error| again(&error))?;
        let verdict = self
            .scanner
            .scan(octets.body)
            .await
            .map_err(|error| again(&error))?;
        let judged = self.storage.judge(&bucket, &file, &verdict).await;
        judged.map_err(|error| again(&error))
    }
}

impl StorageService {
    async fn to_be_scanned(&self, order: &ScanOrder) -> Result<Option<(Bucket, File)>, StorageError> {
        let store = self.ports.store.read();
        let Some(file) = store.files().find_by_id(order.file()).await? else {
            return Ok(None);
        };
        if file.blob.uuid() != order.blob || file.status != FileStatus::Unscanned {
            return Ok(None);
        }
        let bucket = store.buckets().find_by_id(file.bucket_id).await?;
        Ok(bucket.map(|bucket| (bucket, file)))
    }

    async fn octets_of(
        &self,
        bucket: &Bucket,
        file: &File,
    ) -> Result<crate::ports::ObjectRead, StorageError> {
        let key = object_key(file.blob)?;
        Ok(self.ports.objects.read(&bucket.name, &key, None).await?)
    }

    /// Opens the file, or shuts it for good. Does nothing if it stands for other octets by now.
    async fn judge(&self, bucket: &Bucket, file: &File, verdict: &ScanVerdict) -> Result<(), Failure> {
        let status = match verdict {
            ScanVerdict::Clean => FileStatus::Ready,
            ScanVerdict::Infected(_) => FileStatus::Infected,
        };
        let unit = self.ports.store.begin().await?;
        if !unit.files().judge(file.id, file.blob, status).await? {
            return Ok(());
        }
        match verdict {
            ScanVerdict::Clean => self.announce(&*unit, &FILE_CREATED_JOB, (bucket, file)).await?,
            ScanVerdict::Infected(name) => {
                let now = self.ports.clock.now();
                let detail = format!("{name}: {}", place_of(bucket, file));
                let event = AuditEvent {
                    subject_id: file.owner,
                    detail: Some(detail.chars().take(255).collect()),
                    ..event(
                        &*self.ports.entropy,
                        now,
                        AuditKind::FileInfected,
                        &Origin::default(),
                    )
                };
                unit.audit_events().append(&event).await?;
                tracing::warn!(file = %file.id, found = %name, "a file is infected and stays shut");
            }
        }
        unit.commit().await?;
        Ok(())
    }
}
