//! How failures to read the audit log look to clients.

use mainstay_services::audit::AuditError;

use crate::error::ApiError;

impl From<AuditError> for ApiError {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Failure(failure) => failure.into(),
        }
    }
}
