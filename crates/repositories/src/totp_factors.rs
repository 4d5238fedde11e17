//! Authenticator apps.

use async_trait::async_trait;
use mainstay_domain::{Timestamp, TotpFactor, TotpFactorId, TotpStep, UserId};

use crate::Result;

/// Authenticator apps of users, offered and confirmed ones.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TotpFactorRepository: Send + Sync {
    /// Adds an app.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if the user is not there.
    async fn insert(&self, factor: &TotpFactor) -> Result<()>;

    /// Every app of a user, oldest first.
    async fn list(&self, user_id: UserId) -> Result<Vec<TotpFactor>>;

    /// Confirms an app by the code of `step`, if it was not confirmed before. Tells whether
    /// it was not.
    async fn confirm(&self, id: TotpFactorId, step: TotpStep, now: Timestamp) -> Result<bool>;

    /// Uses up the code of `step` and all before it. Of any number of concurrent calls with
    /// one step exactly one is told `true`, and none once a later one was used.
    async fn use_step(&self, id: TotpFactorId, step: TotpStep, now: Timestamp) -> Result<bool>;

    /// Removes an app of a user. Tells whether it was there.
    async fn delete(&self, user_id: UserId, id: TotpFactorId) -> Result<bool>;

    /// Removes the apps of a user that were never confirmed.
    async fn delete_unconfirmed(&self, user_id: UserId) -> Result<u64>;

    /// Removes every app of a user.
    async fn delete_all(&self, user_id: UserId) -> Result<u64>;

    /// Removes up to `limit` apps that were offered before `before` and never confirmed.
    /// Returns how many.
    async fn purge_unconfirmed(&self, before: Timestamp, limit: u32) -> Result<u64>;
}
