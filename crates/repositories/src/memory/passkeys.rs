//! Passkeys in memory.

use async_trait::async_trait;
use mainstay_domain::{FactorName, Passkey, PasskeyId, PasskeyUse, UserId, WebauthnId};

use super::{
    access::{Access, Memory},
    state::{ensure, insert_new, purge},
};
use crate::{PasskeyRepository, Result, constraint};

#[async_trait]
impl<A: Access> PasskeyRepository for Memory<A> {
    async fn insert(&self, passkey: &Passkey) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(passkey.user_id)?;
                let known = |other: &Passkey| other.credential_id == passkey.credential_id;
                ensure(
                    !state.passkeys.values().any(known),
                    constraint::PASSKEYS_CREDENTIAL,
                )?;
                insert_new(&mut state.passkeys, passkey.id, passkey, constraint::OTHER)
            })
            .await
    }

    async fn find(&self, credential_id: &WebauthnId) -> Result<Option<Passkey>> {
        Ok(self.0.read(|state| {
            let mut all = state.passkeys.values();
            all.find(|passkey| passkey.credential_id == *credential_id)
                .cloned()
        }))
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<Passkey>> {
        let mut listed: Vec<Passkey> = self.0.read(|state| {
            let all = state.passkeys.values();
            all.filter(|passkey| passkey.user_id == user_id)
                .cloned()
                .collect()
        });
        listed.sort_by_key(|passkey| (passkey.created_at, passkey.id));
        Ok(listed)
    }

    async fn record_use(&self, id: PasskeyId, used: &PasskeyUse) -> Result<bool> {
        self.0
            .write(|state| {
                let moved_on = |stored: &&mut Passkey| {
                    stored.sign_count < used.sign_count || (stored.sign_count, used.sign_count) == (0, 0)
                };
                let stored = state.passkeys.get_mut(&id).filter(moved_on);
                Ok(stored.map(|stored| {
                    stored.sign_count = used.sign_count;
                    stored.backed_up = used.backed_up;
                    stored.last_used_at = Some(used.at);
                }))
            })
            .await
            .map(|recorded| recorded.is_some())
    }

    async fn rename(&self, user_id: UserId, id: PasskeyId, name: &FactorName) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.passkeys.get_mut(&id);
                let own = stored.filter(|stored| stored.user_id == user_id);
                Ok(own.map(|stored| stored.name = name.clone()).is_some())
            })
            .await
    }

    async fn end_passwordless(&self, user_id: UserId) -> Result<u64> {
        self.0
            .write(|state| {
                let all = state.passkeys.values_mut();
                let own = all.filter(|stored| stored.user_id == user_id);
                Ok(own.map(|stored| stored.passwordless = false).count() as u64)
            })
            .await
    }

    async fn delete(&self, user_id: UserId, id: PasskeyId) -> Result<bool> {
        let meant = |passkey: &Passkey| passkey.id == id && passkey.user_id == user_id;
        self.0
            .write(|state| Ok(purge(&mut state.passkeys, 1, meant) == 1))
            .await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        let meant = |passkey: &Passkey| passkey.user_id == user_id;
        self.0
            .write(|state| Ok(purge(&mut state.passkeys, u32::MAX, meant)))
            .await
    }
}
