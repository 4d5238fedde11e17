//! Outcomes of user administration other than success.

use mainstay_repositories::{RepositoryError, constraint};

use crate::Failure;

/// Why something about a user was not done.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// There is no such user.
    #[error("no such user")]
    NotFound,
    /// The address belongs to another account.
    #[error("the address is taken")]
    EmailTaken,
    /// The user name belongs to another account.
    #[error("the user name is taken")]
    UsernameTaken,
    /// The user is not the version the caller knows.
    #[error("the user was changed meanwhile")]
    VersionMismatch,
    /// One of the roles does not exist.
    #[error("no such role")]
    UnknownRole,
    /// The last administrator must stay one.
    #[error("this is the last administrator")]
    LastAdministrator,
    /// The user, or a role to grant, may do something the caller may not.
    #[error("the caller may do less than the user or role")]
    Outranked,
    /// The caller is an API key, and this is for people who are logged in.
    #[error("this needs a login, not an API key")]
    SessionRequired,
    /// The account was taken up already.
    #[error("the account is not an invited one")]
    NotInvited,
    /// The account is not active.
    #[error("the account is not active")]
    NotActive,
    /// Administrators do not reset their own factors: that would need no factor.
    #[error("nobody resets their own factors")]
    OwnMfaReset,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for UsersError {
    fn from(error: RepositoryError) -> Self {
        match &error {
            RepositoryError::Conflict { constraint } => match constraint.as_str() {
                constraint::USERS_EMAIL => Self::EmailTaken,
                constraint::USERS_USERNAME => Self::UsernameTaken,
                constraint::REFERENCE => Self::UnknownRole,
                _ => Self::Failure(error.into()),
            },
            _ => Self::Failure(error.into()),
        }
    }
}
