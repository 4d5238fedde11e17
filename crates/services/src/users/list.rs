//! Listing users.

use mainstay_domain::{Page, User, UserQuery};

use super::{UserService, UsersError};

impl UserService {
    /// A page of users; asks for the permission `users:read`.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "users.list", skip_all)]
    pub async fn list(&self, query: &UserQuery) -> Result<Page<User>, UsersError> {
        Ok(self.ports.store.read().users().list(query).await?)
    }
}
