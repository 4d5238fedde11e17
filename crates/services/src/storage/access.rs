//! Who may read and write what.

use mainstay_domain::{ApiKeyId, Bucket, File, Permission, Principal, UserId};

use super::StorageError;

/// How far somebody may reach into a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// To every file.
    Everything,
    /// To files of their own.
    Own(UserId),
}

impl Reach {
    /// The owner to whose files it is limited.
    pub(super) fn owner(self) -> Option<UserId> {
        match self {
            Self::Everything => None,
            Self::Own(owner) => Some(owner),
        }
    }

    fn covers(self, file: &File) -> bool {
        self.owner().is_none_or(|owner| file.owner == Some(owner))
    }

    /// The file, if it is within reach; else there is none.
    pub(super) fn find(self, file: Option<File>) -> Result<File, StorageError> {
        let seen = file.filter(|file| self.covers(file));
        seen.ok_or(StorageError::NotFound)
    }
}

/// Somebody who writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer {
    /// Whose files they make.
    pub user: UserId,
    /// The API key by which they came.
    pub api_key: Option<ApiKeyId>,
    /// What they may change.
    pub reach: Reach,
}

/// What the caller may read in a bucket.
pub(super) fn reading(caller: &Principal, bucket: &Bucket) -> Result<Reach, StorageError> {
    reach(caller, bucket, &Permission::STORAGE_READ_ALL)
}

/// What the caller may write in a bucket.
pub(super) fn writing(caller: &Principal, bucket: &Bucket) -> Result<Writer, StorageError> {
    let reach = reach(caller, bucket, &Permission::STORAGE_WRITE_ALL)?;
    let user = caller.user.id;
    let api_key = caller.api_key().map(|key| key.id);
    Ok(Writer { user, api_key, reach })
}

/// Without the permission a bucket that is not open does not exist. An API key reaches nothing
/// that no scope of its own names, so not even its owner's files.
fn reach(caller: &Principal, bucket: &Bucket, everything: &Permission) -> Result<Reach, StorageError> {
    if caller.may(everything) {
        return Ok(Reach::Everything);
    }
    if bucket.open && caller.session().is_some() {
        return Ok(Reach::Own(caller.user.id));
    }
    Err(StorageError::NotFound)
}

/// Whether the caller may know of every bucket and how full it is.
pub(super) fn knows_buckets(caller: &Principal) -> bool {
    let any = [
        Permission::STORAGE_BUCKETS,
        Permission::STORAGE_READ_ALL,
        Permission::STORAGE_WRITE_ALL,
    ];
    any.iter().any(|permission| caller.may(permission))
}
