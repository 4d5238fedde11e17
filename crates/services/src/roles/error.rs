//! Outcomes of role administration other than success.

use mainstay_repositories::{RepositoryError, constraint};

use crate::Failure;

/// Why something about a role was not done.
#[derive(Debug, thiserror::Error)]
pub enum RolesError {
    /// There is no such role.
    #[error("no such role")]
    NotFound,
    /// There is such a role already.
    #[error("the role's name is taken")]
    Taken,
    /// Built-in roles stay as they are.
    #[error("the role is built in")]
    BuiltIn,
    /// Nothing asks for this permission.
    #[error("no such permission: {0}")]
    UnknownPermission(String),
    /// The role grants, or would grant, something the caller may not do.
    #[error("the caller may do less than the role")]
    Outranked,
    /// The role is not the version the caller knows.
    #[error("the role was changed meanwhile")]
    VersionMismatch,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for RolesError {
    fn from(error: RepositoryError) -> Self {
        if error.is_conflict(constraint::ROLES_NAME) {
            Self::Taken
        } else {
            Self::Failure(error.into())
        }
    }
}
