//! Signing keys in memory.

use async_trait::async_trait;
use mainstay_domain::SigningKey;

use super::access::{Access, Memory};
use crate::{Result, SigningKeyRepository};

#[async_trait]
impl<A: Access> SigningKeyRepository for Memory<A> {
    async fn insert(&self, key: &SigningKey) -> Result<bool> {
        let place = (key.algorithm.as_str(), key.generation);
        self.0
            .write(|state| {
                let taken = state.signing_keys.contains_key(&place)
                    || state.signing_keys.values().any(|stored| stored.kid == key.kid);
                if !taken {
                    state.signing_keys.insert(place, key.clone());
                }
                Ok(!taken)
            })
            .await
    }

    async fn list(&self) -> Result<Vec<SigningKey>> {
        Ok(self
            .0
            .read(|state| state.signing_keys.values().cloned().collect()))
    }

    async fn delete(&self, kid: &str) -> Result<bool> {
        self.0
            .write(|state| {
                let before = state.signing_keys.len();
                state.signing_keys.retain(|_, stored| stored.kid != kid);
                Ok(state.signing_keys.len() < before)
            })
            .await
    }
}
