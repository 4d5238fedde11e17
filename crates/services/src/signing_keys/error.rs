//! Outcomes of signing keys other than success.

use mainstay_repositories::RepositoryError;

use crate::{
    Failure,
    ports::{SealError, SignError},
};

/// Why nothing was done about signing keys.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// HS256 has no key of its own.
    #[error(
        "HS256 signs with a key that is derived from SECRET_KEY: to replace it, give the old \
         SECRET_KEY as SECRET_KEY_PREVIOUS and a new one as SECRET_KEY"
    )]
    Symmetric,
    /// Somebody else made a key at the same moment.
    #[error("another key was made at the same moment; list the keys before trying again")]
    Raced,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for SigningKeyError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<SignError> for SigningKeyError {
    fn from(error: SignError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<SealError> for SigningKeyError {
    fn from(error: SealError) -> Self {
        Self::Failure(Failure::Internal(error.to_string()))
    }
}
