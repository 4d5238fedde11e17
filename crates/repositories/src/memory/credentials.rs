//! Password credentials in memory.

use async_trait::async_trait;
use mainstay_domain::{PasswordCredential, PasswordHash, UserId};

use super::access::{Access, Memory};
use crate::{CredentialRepository, Result};

#[async_trait]
impl<A: Access> CredentialRepository for Memory<A> {
    async fn find(&self, user_id: UserId) -> Result<Option<PasswordCredential>> {
        Ok(self.0.read(|state| state.credentials.get(&user_id).cloned()))
    }

    async fn put(&self, credential: &PasswordCredential) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(credential.user_id)?;
                state.credentials.insert(credential.user_id, credential.clone());
                Ok(())
            })
            .await
    }

    async fn upgrade(&self, user_id: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state
                    .credentials
                    .get_mut(&user_id)
                    .filter(|stored| stored.hash == *old);
                Ok(stored.map(|stored| stored.hash = new.clone()).is_some())
            })
            .await
    }

    async fn delete(&self, user_id: UserId) -> Result<bool> {
        self.0
            .write(|state| Ok(state.credentials.remove(&user_id).is_some()))
            .await
    }
}
