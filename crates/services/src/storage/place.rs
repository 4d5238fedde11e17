//! Letting a file stand for new octets.

use mainstay_domain::{
    AuditKind, Blob, BlobId, BlobStatus, Bucket, File, FileId, FileMetadata, FileStatus, MediaType,
    ObjectKey, Origin, Sha256, Timestamp, UploadId, Usage, UserId,
};
use mainstay_repositories::{UnitOfWork, constraint};

use super::{
    Condition, StorageError, StorageService,
    access::{Reach, Writer},
    service::MAX_RACES,
};
use crate::Failure;

/// Octets that lie in the store, and what is to stand for them.
pub(super) struct Placement<'a> {
    /// Where.
    pub bucket: &'a Bucket,
    /// Under which key.
    pub key: &'a ObjectKey,
    /// Who writes.
    pub writer: Writer,
    /// The octets.
    pub blob: &'a Blob,
    /// What they are.
    pub content: Content,
    /// What must be true of the file that is there.
    pub condition: &'a Condition,
    /// The resumable upload that ends with it, if it is one.
    pub ends: Option<UploadId>,
    /// Where the request came from.
    pub origin: &'a Origin,
}

/// What is known of octets.
#[derive(Debug, Clone)]
pub(super) struct Content {
    /// How many.
    pub size: i64,
    /// What they are.
    pub media_type: MediaType,
    /// What the uploader said they are.
    pub declared_type: Option<MediaType>,
    /// Their checksum.
    pub sha256: Sha256,
    /// What the uploader says about them; nothing keeps what is there.
    pub metadata: Option<FileMetadata>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The file.
    pub file: File,
    /// Whether there was none of its key before.
    pub created: bool,
}

impl StorageService {
    /// Makes or changes the file, counts it, and gives the old octets up: all of it or nothing.
    pub(super) async fn place(&self, placement: &Placement<'_>) -> Result<Placed, StorageError> {
        let files = || self.ports.store.read().files();
        for _ in 0..MAX_RACES {
            let there = files().find(placement.bucket.id, placement.key).await?;
            may_replace(placement.writer, placement.condition, there.as_ref())?;
            let placed = match there {
                None => self.insert(placement).await?,
                Some(there) => self.replace(placement, there).await?,
            };
            if let Some(placed) = placed {
                return Ok(placed);
            }
        }
        Err(Failure::Unavailable {
            reason: "others change the file all the time".to_owned(),
            retry_after: std::time::Duration::from_secs(1),
        }
        .into())
    }

    /// Whether what was just written may be given out.
    fn first_status(&self) -> FileStatus {
        match self.ports.hooks.scanner {
            Some(_) => FileStatus::Unscanned,
            None => FileStatus::Ready,
        }
    }

    /// `None` if another file of this key came first.
    async fn insert(&self, placement: &Placement<'_>) -> Result<Option<Placed>, StorageError> {
        let now = self.ports.clock.now();
        let id = FileId(self.ports.entropy.id(now));
        let file = placement.new_file(id, self.first_status(), now);
        let unit = self.ports.store.begin().await?;
        lock_owner(&*unit, placement.bucket, file.owner).await?;
        let one = Usage {
            size: file.size,
            files: 1,
        };
        take_over(&*unit, placement, one, now).await?;
        match unit.files().insert(&file).await {
            Ok(()) => {}
            Err(error) if error.is_conflict(constraint::FILES_KEY) => return Ok(None),
            Err(error) if error.is_conflict(constraint::REFERENCE) => return Err(StorageError::NotFound),
            Err(error) => return Err(error.into()),
        }
        self.follow_up(&*unit, (placement.bucket, &file)).await?;
        unit.commit().await?;
        Ok(Some(Placed { file, created: true }))
    }

    /// `None` if the file is not the one that was read any more.
    async fn replace(&self, placement: &Placement<'_>, there: File) -> Result<Option<Placed>, StorageError> {
        let now = self.ports.clock.now();
        let mut file = placement.changed(&there, self.first_status(), now);
        let unit = self.ports.store.begin().await?;
        lock_owner(&*unit, placement.bucket, there.owner).await?;
        let change = Usage {
            size: file.size - there.size,
            files: 0,
        };
        take_over(&*unit, placement, change, now).await?;
        if !unit.files().update(&file).await? {
            return Ok(None);
        }
        bury(&*unit, there.blob, now).await?;
        if there.owner != Some(placement.writer.user) {
            let (kind, actor) = (AuditKind::FileChanged, placement.writer.user);
            let mut event = self.event(kind, actor, place_of(placement.bucket, &file), placement.origin);
            event.api_key_id = placement.writer.api_key;
            event.subject_id = there.owner;
            unit.audit_events().append(&event).await?;
        }
        self.follow_up(&*unit, (placement.bucket, &file)).await?;
        unit.commit().await?;
        file.version += 1;
        let created = false;
        Ok(Some(Placed { file, created }))
    }
}

/// Whether the writer may put something where this is. Somebody else's file is not told apart from
/// one that does not meet a condition.
pub(super) fn may_replace(
    writer: Writer,
    condition: &Condition,
    there: Option<&File>,
) -> Result<(), StorageError> {
    if let (Some(there), Reach::Own(user)) = (there, writer.reach)
        && there.owner != Some(user)
    {
        return Err(match condition {
            Condition::None => StorageError::KeyTaken,
            _ => StorageError::VersionMismatch,
        });
    }
    condition.check(there)
}

impl Placement<'_> {
    fn new_file(&self, id: FileId, status: FileStatus, now: Timestamp) -> File {
        let Content {
            size,
            media_type,
            declared_type,
            sha256,
            metadata,
        } = self.content.clone();
        File {
            id,
            bucket_id: self.bucket.id,
            key: self.key.clone(),
            owner: Some(self.writer.user),
            blob: self.blob.id,
            size,
            media_type,
            declared_type,
            sha256,
            metadata: metadata.unwrap_or_default(),
            status,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn changed(&self, there: &File, status: FileStatus, now: Timestamp) -> File {
        let metadata = self.content.metadata.clone();
        File {
            owner: there.owner,
            version: there.version,
            created_at: there.created_at,
            metadata: metadata.unwrap_or_else(|| there.metadata.clone()),
            ..self.new_file(there.id, status, now)
        }
    }
}

/// Everybody who writes into a bucket with a quota takes its one counter in turn. Its owner's row comes
/// first, as where somebody announces an upload, so that nobody waits for whoever waits for them.
async fn lock_owner(unit: &dyn UnitOfWork, bucket: &Bucket, owner: Option<UserId>) -> Result<(), Failure> {
    if let (Some(_), Some(owner)) = (bucket.limits.quota, owner) {
        unit.users().lock(owner).await?;
    }
    Ok(())
}

/// The bucket is counted before a row that refers to it is added: the other way round, MySQL
/// would let two uploads lock each other out.
async fn take_over(
    unit: &dyn UnitOfWork,
    placement: &Placement<'_>,
    change: Usage,
    now: Timestamp,
) -> Result<(), StorageError> {
    let (blob, from) = (placement.blob.id, BlobStatus::Writing);
    if !unit.blobs().set_status(blob, from, BlobStatus::Kept, now).await? {
        return Err(Failure::Internal(format!("blob {blob} was swept while it was written")).into());
    }
    if !unit.buckets().count(placement.bucket.id, change).await? {
        return match unit.buckets().find_by_id(placement.bucket.id).await? {
            Some(_) => Err(StorageError::QuotaExceeded),
            None => Err(StorageError::NotFound),
        };
    }
    // An upload becomes one file, whoever else ends it at the same time.
    if let Some(upload) = placement.ends
        && !unit.uploads().finish(upload).await?
    {
        return Err(StorageError::NotFound);
    }
    Ok(())
}

/// Gives up the octets of a file; the sweep removes them.
pub(crate) async fn bury(unit: &dyn UnitOfWork, blob: BlobId, now: Timestamp) -> Result<(), Failure> {
    let buried = unit
        .blobs()
        .set_status(blob, BlobStatus::Kept, BlobStatus::Dead, now)
        .await?;
    if !buried {
        tracing::warn!(%blob, "a file stood for a blob that was not kept");
    }
    Ok(())
}

/// How the audit log names a file.
pub(super) fn place_of(bucket: &Bucket, file: &File) -> String {
    format!("{}/{}", bucket.name, file.key)
}
