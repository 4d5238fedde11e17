//! Section `users`.

use serde::Deserialize;

use super::{Key, Kind};

pub(super) const KEYS: &[Key] = &[Key::new(
    "users.delete_grace_days",
    Kind::Whole { min: 0, max: 3_650 },
    "30",
    "Days a deleted account is kept before it is erased.",
)];

/// Section `users`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsersConfig {
    /// Days a deleted account is kept before it is erased.
    pub delete_grace_days: u32,
}
