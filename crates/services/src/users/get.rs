//! Reading one user.

use mainstay_domain::{User, UserId};

use super::{UserService, UsersError};

impl UserService {
    /// The user with this id, deleted ones within their grace period included; asks for the
    /// permission `users:read`.
    ///
    /// # Errors
    /// `NotFound`, `Failure`.
    #[tracing::instrument(name = "users.get", skip_all)]
    pub async fn get(&self, id: UserId) -> Result<User, UsersError> {
        let found = self.ports.store.read().users().find(id).await?;
        found.ok_or(UsersError::NotFound)
    }
}
