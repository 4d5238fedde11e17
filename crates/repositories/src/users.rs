//! Users.

use async_trait::async_trait;
use mainstay_domain::{Email, Page, RoleName, Timestamp, User, UserId, UserQuery, Username};

use crate::Result;

/// Users and the roles they hold.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait UserRepository: Send + Sync {
    /// Adds a user with its roles.
    ///
    /// # Errors
    /// `Conflict` with `USERS_EMAIL`, `USERS_USERNAME` or, for an unknown role, `REFERENCE`.
    async fn insert(&self, user: &User) -> Result<()>;

    /// Makes every other unit of work that locks the same user wait until this one ends. Call
    /// it first in the unit of work. Tells whether the user exists.
    async fn lock(&self, id: UserId) -> Result<bool>;

    /// The user with this id, deleted ones included.
    async fn find(&self, id: UserId) -> Result<Option<User>>;

    /// The user with this address, deleted ones included.
    async fn find_by_email(&self, email: &Email) -> Result<Option<User>>;

    /// The user with this user name, deleted ones included.
    async fn find_by_username(&self, username: &Username) -> Result<Option<User>>;

    /// Writes every field but roles, `created_at` and `last_login_at`, and counts the version
    /// up, if the stored version still is `user.version`. Tells whether it was.
    ///
    /// # Errors
    /// `Conflict` as with `insert`.
    async fn update(&self, user: &User) -> Result<bool>;

    /// Replaces the roles of a user. Does not touch its version.
    ///
    /// # Errors
    /// `Conflict` with `REFERENCE` if the user or a role is not there.
    async fn set_roles(&self, id: UserId, roles: &[RoleName]) -> Result<()>;

    /// Notes the time of a login, if the user is active. Tells whether they are: whoever switches
    /// an account off meanwhile has done so before this, or waits for the unit of work to end.
    async fn record_login(&self, id: UserId, at: Timestamp) -> Result<bool>;

    /// A page of users.
    async fn list(&self, query: &UserQuery) -> Result<Page<User>>;

    /// How many active users hold `role`, `except` not counted.
    async fn count_active_with_role(&self, role: &RoleName, except: Option<UserId>) -> Result<u64>;

    /// Up to `limit` users that were deleted before `before`, those deleted first at the front.
    async fn list_deleted(&self, before: Timestamp, limit: u32) -> Result<Vec<User>>;

    /// Removes a user for good, with all that hangs on them, if it still is one that was
    /// deleted before `before`. Tells whether it was.
    async fn purge(&self, id: UserId, before: Timestamp) -> Result<bool>;
}
