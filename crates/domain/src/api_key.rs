//! API keys: what programs are let in with.

use crate::{ApiKeyId, PermissionSet, Text, Timestamp, TokenHash, UserId};

/// What an API key is called by its owner, 1 to 100 characters.
pub type ApiKeyName = Text<1, 100>;

/// A key that a program acts for its owner with.
///
/// Only the hash of its secret is kept. What it may do is decided when it is used: its scopes
/// and what its owner may do *then*, whichever is less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Identity; part of the key as its holder sees it.
    pub id: ApiKeyId,
    /// Whom it acts for.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: ApiKeyName,
    /// SHA-256 of the whole key.
    pub hash: TokenHash,
    /// The most it may ever do.
    pub scopes: PermissionSet,
    /// Requests a minute; none for the server's own limit.
    pub rate_limit: Option<i32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to within a minute.
    pub last_used_at: Option<Timestamp>,
    /// When it stops working, if ever.
    pub expires_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether the key may still be used at `now`.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}
