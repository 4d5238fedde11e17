//! How outcomes of signing keys look to clients.

use mainstay_services::signing_keys::SigningKeyError;

use crate::error::{ApiError, ErrorCode};

impl From<SigningKeyError> for ApiError {
    fn from(error: SigningKeyError) -> Self {
        match error {
            SigningKeyError::Failure(failure) => failure.into(),
            // Keys are replaced on the command line only.
            SigningKeyError::Symmetric | SigningKeyError::Raced => {
                tracing::error!(%error, "a signing key was asked for over HTTP");
                Self::new(ErrorCode::INTERNAL)
            }
        }
    }
}
