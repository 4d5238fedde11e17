//! Outcomes that most use cases of one resource have.

use mainstay_repositories::RepositoryError;

use crate::Failure;

/// Why one thing was not read or changed. It is there for a product's use cases; those with
/// outcomes of their own bring an enum that names them.
#[derive(Debug, thiserror::Error)]
pub enum ResourceError {
    /// There is none, or none that the caller may know of.
    #[error("there is no such thing")]
    NotFound,
    /// It has changed since the caller saw it.
    #[error("it was changed meanwhile")]
    VersionMismatch,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for ResourceError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}
