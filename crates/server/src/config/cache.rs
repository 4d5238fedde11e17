//! Section `cache`.

use std::time::Duration;

use serde::Deserialize;

use super::{Key, Kind, human};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "cache.enabled",
        Kind::Flag,
        "true",
        "Whether a caller's rights are remembered for a moment.",
    ),
    // Longer would break the promise that changes reach every replica within a second.
    Key::new(
        "cache.principal_ttl",
        Kind::Span {
            min: Duration::from_millis(1),
            max: Duration::from_secs(1),
        },
        "900ms",
        "How long they are remembered.",
    ),
    Key::new(
        "cache.principal_capacity",
        Kind::Whole {
            min: 1,
            max: 100_000_000,
        },
        "10000",
        "How many callers are remembered.",
    ),
];

/// Section `cache`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheConfig {
    /// Whether a caller's rights are remembered for a moment.
    pub enabled: bool,
    /// How long they are remembered; a second at most.
    #[serde(deserialize_with = "human::duration")]
    pub principal_ttl: Duration,
    /// How many callers are remembered.
    pub principal_capacity: u64,
}
