//! Failures of the layers below, as clients may see them.

use mainstay_repositories::RepositoryError;
use mainstay_services::{Failure, ResourceError};

use super::{ApiError, ErrorCode};

impl From<Failure> for ApiError {
    /// Logs the failure, this being the one place where every failure passes, and hides what
    /// is nobody's business.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable { reason, retry_after } => {
                tracing::warn!(%reason, "a dependency is unavailable");
                Self::new(ErrorCode::UNAVAILABLE).retry_after(retry_after)
            }
            Failure::Internal(reason) => {
                tracing::error!(%reason, "internal failure");
                Self::new(ErrorCode::INTERNAL)
            }
        }
    }
}

impl From<RepositoryError> for ApiError {
    fn from(error: RepositoryError) -> Self {
        Failure::from(error).into()
    }
}

impl From<ResourceError> for ApiError {
    fn from(error: ResourceError) -> Self {
        match error {
            ResourceError::NotFound => Self::not_found(),
            ResourceError::VersionMismatch => Self::new(ErrorCode::PRECONDITION_FAILED),
            ResourceError::Failure(failure) => failure.into(),
        }
    }
}
