//! Section `redis`: what replicas share besides the database.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Config, Key, Kind, human, rules::Rule};

const MILLISECOND: Duration = Duration::from_millis(1);
const LONGEST_PREFIX: usize = 50;

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "redis.url",
        Kind::RedisUrl,
        "",
        "Redis or Valkey, rediss:// for TLS; nothing is asked there without.",
    )
    .plain("REDIS_URL")
    .secret(),
    Key::new(
        "redis.prefix",
        Kind::Text,
        "mainstay",
        "What every key and channel there begins with; the same for all replicas, another for another product.",
    ),
    Key::new(
        "redis.timeout",
        Kind::Span {
            min: MILLISECOND,
            max: Duration::from_secs(5),
        },
        "100ms",
        "How long a request waits for Redis, once; all others pass it by until it answers again.",
    ),
    Key::new(
        "redis.connect_timeout",
        Kind::Span {
            min: MILLISECOND,
            max: Duration::from_secs(60),
        },
        "1s",
        "How long connecting may take; no request waits for it.",
    ),
    Key::new(
        "redis.tls_ca_file",
        Kind::OptionalText,
        "",
        "Certificates (PEM) to trust for it, instead of those of the system.",
    ),
];

/// Section `redis`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisConfig {
    /// Where Redis is; nothing is shared without.
    pub url: Option<SecretString>,
    /// What every key and channel begins with.
    pub prefix: String,
    /// How long a request waits.
    #[serde(deserialize_with = "human::duration")]
    pub timeout: Duration,
    /// How long connecting may take.
    #[serde(deserialize_with = "human::duration")]
    pub connect_timeout: Duration,
    /// Certificates to trust instead of those of the system.
    pub tls_ca_file: Option<PathBuf>,
}

pub(super) fn rules(config: &Config) -> Vec<Rule> {
    let redis = &config.redis;
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || b"-_.:".contains(&letter);
    let fits = (1..=LONGEST_PREFIX).contains(&redis.prefix.len()) && redis.prefix.bytes().all(plain);
    let secure = redis
        .url
        .as_ref()
        .is_some_and(|url| url.expose_secret().starts_with("rediss://"));
    vec![
        (
            "redis.prefix",
            !fits,
            "expected 1 to 50 letters, digits, and any of - _ . :",
        ),
        (
            "redis.tls_ca_file",
            redis.tls_ca_file.is_some() && !secure,
            "expected redis.url to begin with rediss://",
        ),
    ]
}
