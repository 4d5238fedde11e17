//! How the pool of hashing threads is made.

use std::{num::NonZero, thread};

use super::Cost;

/// What a hash costs, and how many may be computed and wait at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HasherSettings {
    /// Memory of a hash in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub iterations: u32,
    /// Lanes; they are computed one after the other.
    pub parallelism: u32,
    /// Threads that compute hashes.
    pub threads: usize,
    /// Hashes that may wait for a thread; more are refused.
    pub queue: usize,
}

impl Default for HasherSettings {
    /// The parameters OWASP recommends. One core is left to those who are logged in.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
            threads: cores.max(2) - 1,
            queue: 64,
        }
    }
}

impl HasherSettings {
    pub(super) const fn cost(&self) -> Cost {
        Cost {
            memory_kib: self.memory_kib,
            iterations: self.iterations,
            parallelism: self.parallelism,
        }
    }
}

/// Settings no hasher can be made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("password hashing: {0}")]
pub struct InvalidHasherSettings(pub String);
