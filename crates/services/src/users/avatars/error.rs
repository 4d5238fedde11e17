//! Outcomes of setting and reading avatars other than success.

use std::time::Duration;

use mainstay_repositories::RepositoryError;

use crate::{Failure, ports::ImageError, storage::StorageError, users::UsersError};

/// Why nothing was done about an avatar.
#[derive(Debug, thiserror::Error)]
pub enum AvatarError {
    /// There is no such avatar, or nobody may see it.
    #[error("no such avatar")]
    NotFound,
    /// The octets are no picture of a type that is read.
    #[error("the octets are no picture")]
    NoImage,
    /// The picture cannot be read to its end.
    #[error("the picture is broken")]
    Broken,
    /// The picture has more pixels than this server reads.
    #[error("the picture has too many pixels")]
    TooManyPixels {
        /// The most it may have.
        most: u64,
    },
    /// Too many pictures came from the account; try again later.
    #[error("too many pictures")]
    Throttled {
        /// When the next one may come.
        retry_after: Duration,
    },
    /// The user may not be changed so.
    #[error(transparent)]
    User(#[from] UsersError),
    /// The octets could not be kept.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for AvatarError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<ImageError> for AvatarError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::NoImage => Self::NoImage,
            ImageError::Broken(reason) => {
                tracing::debug!(reason, "a picture could not be read");
                Self::Broken
            }
            ImageError::TooManyPixels { most } => Self::TooManyPixels { most },
            ImageError::Overloaded { retry_after } => Self::Failure(Failure::Unavailable {
                reason: "too many pictures wait to be read".to_owned(),
                retry_after,
            }),
            ImageError::Failed(_) => Self::Failure(Failure::Internal(error.to_string())),
        }
    }
}
