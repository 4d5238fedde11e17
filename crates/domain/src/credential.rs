//! What is kept of a password.

use std::fmt;

use crate::{Timestamp, UserId};

/// A password hash in PHC string format. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl PasswordHash {
    /// The PHC string.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// A user's password credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordCredential {
    /// Whose it is.
    pub user_id: UserId,
    /// The hash.
    pub hash: PasswordHash,
    /// When it was last set by its owner; an upgrade of the hash does not count.
    pub changed_at: Timestamp,
}
