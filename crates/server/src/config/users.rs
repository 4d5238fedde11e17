//! Section `users`.

use serde::Deserialize;

use super::{Key, Kind};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "users.delete_grace_days",
        Kind::Whole { min: 0, max: 3_650 },
        "30",
        "Days a deleted account is kept before it is erased.",
    ),
    Key::new(
        "users.avatar_max_size",
        Kind::Size {
            min: 1024,
            max: 100 << 20,
        },
        "5MiB",
        "The largest picture that is taken for an avatar.",
    ),
    Key::new(
        "users.avatar_max_pixels",
        Kind::Whole {
            min: 4_096,
            max: 400_000_000,
        },
        "40000000",
        "The most pixels that it may have; reading it may take twelve octets of memory for each.",
    ),
    Key::new(
        "users.avatar_decoders",
        Kind::Whole { min: 1, max: 64 },
        "1",
        "How many of them are read at a time; eight more may wait for each, others get 503.",
    ),
];

/// Section `users`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsersConfig {
    /// Days a deleted account is kept before it is erased.
    pub delete_grace_days: u32,
    /// The largest picture that is taken for an avatar, in octets.
    pub avatar_max_size: u64,
    /// The most pixels that it may have.
    pub avatar_max_pixels: u64,
    /// How many of them are read at a time.
    pub avatar_decoders: usize,
}
