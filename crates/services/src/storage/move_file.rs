//! Moving a file.

use std::collections::BTreeMap;

use mainstay_domain::{
    AuditKind, Blob, BlobStatus, Bucket, BucketId, File, Origin, Principal, Timestamp, Usage,
};
use mainstay_repositories::{RepositoryError, UnitOfWork, constraint};

use super::{
    Condition, Copying, StorageError, StorageService,
    access::{Writer, writing},
    copy_file::exists,
    place::{bury, may_replace, place_of},
    service::MAX_RACES,
};

/// A file on its way.
struct Journey<'a> {
    from: &'a Bucket,
    to: &'a Bucket,
    file: File,
    /// What is at its goal.
    there: Option<File>,
    /// Its octets there, if it goes to another bucket.
    blob: Option<&'a Blob>,
}

impl StorageService {
    /// Moves a file that the caller may write to where they may write too. Inside of a bucket only its
    /// name changes; to another one the object store copies the octets.
    ///
    /// # Errors
    /// `NotFound`, `FileExists`, `KeyTaken`, `FileTooLarge`, `TypeNotAllowed`, `QuotaExceeded`,
    /// `Quarantined`, `Full`, `Failure`.
    #[tracing::instrument(name = "storage.move_file", skip_all)]
    pub async fn move_file(
        &self,
        caller: &Principal,
        moving: &Copying,
        origin: &Origin,
    ) -> Result<File, StorageError> {
        let from = self.bucket_named(&moving.bucket).await?;
        let to = self.bucket_named(&moving.to_bucket).await?;
        let (writer, target_writer) = (writing(caller, &from)?, writing(caller, &to)?);
        let file = writer.reach.find(self.file_at(&from, &moving.from).await?)?;
        if from.id == to.id && moving.from == moving.to {
            return Ok(file);
        }
        let copy = if from.id == to.id {
            None
        } else {
            Some(self.copy_blob(&from, &file, &to).await?)
        };
        let moved = self
            .go((&from, &to), (moving, file, copy.as_ref()), target_writer, origin)
            .await;
        if let (Err(_), Some(copy)) = (&moved, &copy) {
            self.give_up(copy.id).await;
        }
        moved
    }

    async fn go(
        &self,
        (from, to): (&Bucket, &Bucket),
        (moving, file, blob): (&Copying, File, Option<&Blob>),
        writer: Writer,
        origin: &Origin,
    ) -> Result<File, StorageError> {
        for _ in 0..MAX_RACES {
            let there = self.file_at(to, &moving.to).await?;
            let condition: Condition = moving.condition();
            may_replace(writer, &condition, there.as_ref()).map_err(exists)?;
            let file = file.clone();
            let journey = Journey {
                from,
                to,
                file,
                there,
                blob,
            };
            if let Some(moved) = self.arrive(&journey, moving, writer, origin).await? {
                return Ok(moved);
            }
            // The octets that were copied may be another version's.
            let now = self.file_at(from, &moving.from).await?;
            if now.as_ref().is_none_or(|now| now.version != journey.file.version) {
                return Err(StorageError::NotFound);
            }
        }
        Err(StorageError::FileExists)
    }

    /// `None` if somebody else came first.
    async fn arrive(
        &self,
        journey: &Journey<'_>,
        moving: &Copying,
        writer: Writer,
        origin: &Origin,
    ) -> Result<Option<File>, StorageError> {
        let now = self.ports.clock.now();
        let mut moved = File {
            bucket_id: journey.to.id,
            key: moving.to.clone(),
            blob: journey.blob.map_or(journey.file.blob, |blob| blob.id),
            updated_at: now,
            ..journey.file.clone()
        };
        let unit = self.ports.store.begin().await?;
        count(&*unit, journey).await?;
        if let Some(there) = &journey.there {
            if !unit.files().delete(there).await? {
                return Ok(None);
            }
            bury(&*unit, there.blob, now).await?;
        }
        match unit.files().update(&moved).await {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) if taken(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        if let Some(blob) = journey.blob {
            take_over(&*unit, (blob, journey), now).await?;
        }
        for (file, other) in [
            (Some(&journey.file), journey.from),
            (journey.there.as_ref(), journey.to),
        ] {
            if let Some(file) = file.filter(|file| file.owner != Some(writer.user)) {
                let mut event =
                    self.event(AuditKind::FileChanged, writer.user, place_of(other, file), origin);
                event.api_key_id = writer.api_key;
                event.subject_id = file.owner;
                unit.audit_events().append(&event).await?;
            }
        }
        unit.commit().await?;
        moved.version += 1;
        Ok(Some(moved))
    }
}

fn taken(error: &RepositoryError) -> bool {
    error.is_conflict(constraint::FILES_KEY)
}

/// Moves what is counted from one bucket to the other, and uncounts what makes way, once a bucket and
/// always in the same order, so that two moves in opposite directions do not lock each other out.
async fn count(unit: &dyn UnitOfWork, journey: &Journey<'_>) -> Result<(), StorageError> {
    let mut changes = BTreeMap::<BucketId, Usage>::new();
    let mut change = |bucket: BucketId, size: i64, files: i64| {
        let sum = changes.entry(bucket).or_default();
        (sum.size, sum.files) = (sum.size + size, sum.files + files);
    };
    change(journey.from.id, -journey.file.size, -1);
    change(journey.to.id, journey.file.size, 1);
    if let Some(there) = &journey.there {
        change(journey.to.id, -there.size, -1);
    }
    changes.retain(|_, change| *change != Usage::default());
    for (bucket, change) in changes {
        if !unit.buckets().count(bucket, change).await? {
            return Err(StorageError::QuotaExceeded);
        }
    }
    Ok(())
}

async fn take_over(
    unit: &dyn UnitOfWork,
    (blob, journey): (&Blob, &Journey<'_>),
    now: Timestamp,
) -> Result<(), StorageError> {
    let blobs = unit.blobs();
    blobs
        .set_status(blob.id, BlobStatus::Writing, BlobStatus::Kept, now)
        .await?;
    Ok(bury(unit, journey.file.blob, now).await?)
}
