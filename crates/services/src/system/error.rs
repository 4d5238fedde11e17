//! Outcomes other than success.

use mainstay_repositories::RepositoryError;

use crate::Failure;

/// Why a process goes on as it did.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// What was asked for is neither a level nor a filter.
    #[error("this is neither a level nor a filter")]
    InvalidLevel,
    /// Something else than Mainstay decides what this process logs.
    #[error("the log lines of this process are not Mainstay's to change")]
    ForeignLogs,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for SystemError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}
