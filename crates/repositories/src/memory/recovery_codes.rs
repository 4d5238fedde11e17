//! Recovery codes in memory.

use async_trait::async_trait;
use mainstay_domain::{TokenHash, UserId};

use super::access::{Access, Memory};
use crate::{RecoveryCodeRepository, Result};

#[async_trait]
impl<A: Access> RecoveryCodeRepository for Memory<A> {
    async fn replace(&self, user_id: UserId, hashes: &[TokenHash]) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(user_id)?;
                state.recovery_codes.insert(user_id, hashes.to_vec());
                Ok(())
            })
            .await
    }

    async fn consume(&self, user_id: UserId, hash: &TokenHash) -> Result<bool> {
        self.0
            .write(|state| {
                let Some(codes) = state.recovery_codes.get_mut(&user_id) else {
                    return Ok(false);
                };
                let before = codes.len();
                codes.retain(|code| code != hash);
                Ok(codes.len() < before)
            })
            .await
    }

    async fn count(&self, user_id: UserId) -> Result<u64> {
        let codes = self
            .0
            .read(|state| state.recovery_codes.get(&user_id).map(Vec::len));
        Ok(codes.unwrap_or_default() as u64)
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        self.0
            .write(|state| {
                let codes = state.recovery_codes.remove(&user_id);
                Ok(codes.unwrap_or_default().len() as u64)
            })
            .await
    }
}
