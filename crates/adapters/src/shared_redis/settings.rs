//! Where Redis is, and how long it may take.

use std::{fmt, time::Duration};

/// How Redis is reached.
#[derive(Clone)]
pub struct RedisSettings {
    /// `redis://` or `rediss://` (TLS), with user and password if it wants any.
    pub url: String,
    /// The authority that signed its certificate, in PEM; none for those the system trusts.
    pub trusted: Option<Vec<u8>>,
    /// What all keys and the channel begin with: servers with one prefix are replicas of one
    /// another.
    pub prefix: String,
    /// How long a request waits for an answer, once.
    pub timeout: Duration,
    /// How long connecting may take, in the background.
    pub connect_timeout: Duration,
}

impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings")
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}

/// Settings that Redis could never be reached with. Says nothing of the URL: it may hold a
/// password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedisSettings {
    /// The URL cannot be read.
    #[error("expected a URL such as redis://localhost:6379 or rediss://user:password@host:6380/0")]
    Url,
    /// The certificate cannot be read, or the URL wants none.
    #[error("expected certificates in PEM, for a rediss:// URL")]
    Certificate,
}
