//! Authenticator apps in memory.

use async_trait::async_trait;
use mainstay_domain::{Timestamp, TotpFactor, TotpFactorId, TotpStep, UserId};

use super::{
    access::{Access, Memory},
    state::{insert_new, purge},
};
use crate::{Result, TotpFactorRepository, constraint};

#[async_trait]
impl<A: Access> TotpFactorRepository for Memory<A> {
    async fn insert(&self, factor: &TotpFactor) -> Result<()> {
        self.0
            .write(|state| {
                state.require_user(factor.user_id)?;
                insert_new(&mut state.totp_factors, factor.id, factor, constraint::OTHER)
            })
            .await
    }

    async fn list(&self, user_id: UserId) -> Result<Vec<TotpFactor>> {
        let mut listed: Vec<TotpFactor> = self.0.read(|state| {
            let all = state.totp_factors.values();
            all.filter(|factor| factor.user_id == user_id).cloned().collect()
        });
        listed.sort_by_key(|factor| (factor.created_at, factor.id));
        Ok(listed)
    }

    async fn confirm(&self, id: TotpFactorId, step: TotpStep, now: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.totp_factors.get_mut(&id);
                let open = stored.filter(|factor| factor.confirmed_at.is_none());
                Ok(open.map(|factor| {
                    factor.confirmed_at = Some(now);
                    mark(factor, step, now);
                }))
            })
            .await
            .map(|confirmed| confirmed.is_some())
    }

    async fn use_step(&self, id: TotpFactorId, step: TotpStep, now: Timestamp) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.totp_factors.get_mut(&id);
                let fresh = stored.filter(|factor| {
                    factor.confirmed_at.is_some() && factor.last_step.is_some_and(|last| last < step)
                });
                Ok(fresh.map(|factor| mark(factor, step, now)))
            })
            .await
            .map(|used| used.is_some())
    }

    async fn delete(&self, user_id: UserId, id: TotpFactorId) -> Result<bool> {
        let meant = |factor: &TotpFactor| factor.id == id && factor.user_id == user_id;
        self.0
            .write(|state| Ok(purge(&mut state.totp_factors, 1, meant) == 1))
            .await
    }

    async fn delete_unconfirmed(&self, user_id: UserId) -> Result<u64> {
        let meant = |factor: &TotpFactor| factor.user_id == user_id && factor.confirmed_at.is_none();
        self.0
            .write(|state| Ok(purge(&mut state.totp_factors, u32::MAX, meant)))
            .await
    }

    async fn delete_all(&self, user_id: UserId) -> Result<u64> {
        let meant = |factor: &TotpFactor| factor.user_id == user_id;
        self.0
            .write(|state| Ok(purge(&mut state.totp_factors, u32::MAX, meant)))
            .await
    }

    async fn purge_unconfirmed(&self, before: Timestamp, limit: u32) -> Result<u64> {
        let stale = |factor: &TotpFactor| factor.confirmed_at.is_none() && factor.created_at < before;
        self.0
            .write(|state| Ok(purge(&mut state.totp_factors, limit, stale)))
            .await
    }
}

fn mark(factor: &mut TotpFactor, step: TotpStep, now: Timestamp) {
    factor.last_step = Some(step);
    factor.last_used_at = Some(now);
}
