//! Section `hashing`: passwords.

use serde::Deserialize;

use super::{Key, Kind};

// The defaults are OWASP's (Password Storage Cheat Sheet): 19 MiB, two passes.
pub(super) const KEYS: &[Key] = &[
    Key::new(
        "hashing.memory_kib",
        Kind::Whole {
            min: 8,
            max: 4_194_304,
        },
        "19456",
        "Memory of one argon2id hash, in KiB.",
    ),
    Key::new(
        "hashing.iterations",
        Kind::Whole { min: 1, max: 1_000 },
        "2",
        "Passes of argon2id over its memory.",
    ),
    Key::new(
        "hashing.parallelism",
        Kind::Whole { min: 1, max: 64 },
        "1",
        "Lanes of argon2id.",
    ),
    Key::new(
        "hashing.threads",
        Kind::Whole { min: 0, max: 256 },
        "0",
        "Threads that hash; 0 is one a core.",
    ),
    Key::new(
        "hashing.queue",
        Kind::Whole { min: 1, max: 100_000 },
        "64",
        "Hashes that may wait; more are refused with 503.",
    ),
];

/// Section `hashing`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashingConfig {
    /// Memory of one argon2id hash, in KiB.
    pub memory_kib: u32,
    /// Passes of argon2id over its memory.
    pub iterations: u32,
    /// Lanes of argon2id.
    pub parallelism: u32,
    /// Threads that hash; 0 is one a core.
    pub threads: usize,
    /// Hashes that may wait.
    pub queue: usize,
}
