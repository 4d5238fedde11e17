//! Failures that are nobody's business outcome.

use std::time::Duration;

use mainstay_repositories::RepositoryError;

use crate::ports::{HashError, SealError, SignError};

/// Something below a service did not work. Each area's error enum has a variant for it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A dependency is down or overloaded; trying again later may help.
    #[error("a dependency is unavailable: {reason}")]
    Unavailable {
        /// For logs, never for clients.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// A defect. The text is for logs, never for clients.
    #[error("internal failure: {0}")]
    Internal(String),
}

impl From<RepositoryError> for Failure {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Unavailable(reason) => Self::Unavailable {
                reason,
                retry_after: Duration::from_secs(1),
            },
            RepositoryError::Conflict { .. }
            | RepositoryError::Corrupt { .. }
            | RepositoryError::Backend(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Overloaded { retry_after } => Self::Unavailable {
                reason: "password hashing is overloaded".to_owned(),
                retry_after,
            },
            HashError::Failed(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        Self::Internal(error.to_string())
    }
}
