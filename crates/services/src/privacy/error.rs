//! Outcomes other than success.

use std::time::Duration;

use mainstay_repositories::RepositoryError;

use crate::Failure;

/// Why what is held about a person was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    /// Too often; try again later.
    #[error("too many exports")]
    Throttled {
        /// When the next one is possible.
        retry_after: Duration,
    },
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for PrivacyError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}
