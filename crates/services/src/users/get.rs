//! Reading one user.

use mainstay_domain::{User, UserId, UserStatus};

use super::{UserService, UsersError};

impl UserService {
    /// The user with this id; asks for the permission `users:read`. A deleted user is not
    /// there: only the list shows it, and only `enable` brings it back.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "users.get", skip_all)]
    pub async fn get(&self, id: UserId) -> Result<User, UsersError> {
        let found = self.ports.store.read().users().find(id).await?;
        found
            .filter(|user| user.status != UserStatus::Deleted)
            .ok_or(UsersError::NotFound)
    }
}
