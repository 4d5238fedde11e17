//! How outcomes of role administration look to clients.

use mainstay_services::roles::RolesError;

use crate::error::{ApiError, ErrorCode};

impl From<RolesError> for ApiError {
    fn from(error: RolesError) -> Self {
        let code = match error {
            RolesError::UnknownPermission(name) => {
                return Self::new(ErrorCode::VALIDATION_FAILED).field(
                    "permissions",
                    "UNKNOWN_PERMISSION",
                    format!("nothing asks for {name}"),
                );
            }
            RolesError::Failure(failure) => return failure.into(),
            RolesError::NotFound => ErrorCode::NOT_FOUND,
            RolesError::Taken => ErrorCode::ROLE_TAKEN,
            RolesError::BuiltIn => ErrorCode::ROLE_BUILT_IN,
            RolesError::Outranked => ErrorCode::INSUFFICIENT_PRIVILEGE,
            RolesError::VersionMismatch => ErrorCode::PRECONDITION_FAILED,
        };
        Self::new(code)
    }
}
