//! How outcomes of user administration look to clients.

use mainstay_services::users::UsersError;

use crate::error::{ApiError, ErrorCode};

impl From<UsersError> for ApiError {
    fn from(error: UsersError) -> Self {
        let code = match error {
            UsersError::UnknownRole => {
                return Self::new(ErrorCode::VALIDATION_FAILED).field(
                    "roles",
                    "UNKNOWN_ROLE",
                    "must be the names of roles that exist",
                );
            }
            UsersError::Failure(failure) => return failure.into(),
            UsersError::NotFound => ErrorCode::NOT_FOUND,
            UsersError::EmailTaken => ErrorCode::EMAIL_TAKEN,
            UsersError::UsernameTaken => ErrorCode::USERNAME_TAKEN,
            UsersError::VersionMismatch => ErrorCode::PRECONDITION_FAILED,
            UsersError::LastAdministrator => ErrorCode::LAST_ADMINISTRATOR,
            UsersError::SessionRequired => ErrorCode::SESSION_REQUIRED,
            UsersError::NotInvited => ErrorCode::NOT_INVITED,
            UsersError::NotActive => ErrorCode::NOT_ACTIVE,
            UsersError::OwnMfaReset => ErrorCode::OWN_MFA_RESET,
            UsersError::Outranked => ErrorCode::INSUFFICIENT_PRIVILEGE,
        };
        Self::new(code)
    }
}
