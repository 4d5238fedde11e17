//! Section `database`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Key, Kind, human};

const HOUR: Duration = Duration::from_secs(3600);

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "database.url",
        Kind::DatabaseUrl,
        "sqlite://data/mainstay.db",
        "Where data is kept: sqlite://, postgres:// or mysql://.",
    )
    .plain("DATABASE_URL")
    .secret(),
    Key::new(
        "database.max_connections",
        Kind::Whole { min: 1, max: 10_000 },
        "10",
        "Most connections open at once.",
    ),
    Key::new(
        "database.min_connections",
        Kind::Whole { min: 0, max: 10_000 },
        "0",
        "Connections kept open when idle.",
    ),
    Key::new(
        "database.acquire_timeout",
        Kind::Span {
            min: Duration::from_millis(100),
            max: HOUR,
        },
        "5s",
        "How long a request waits for a connection.",
    ),
    Key::new(
        "database.statement_timeout",
        Kind::Span {
            min: Duration::from_millis(100),
            max: HOUR,
        },
        "15s",
        "Longest time a statement may take (PostgreSQL, MySQL).",
    ),
    Key::new(
        "database.migrate_on_start",
        Kind::Flag,
        "true",
        "Whether `serve` brings the schema up to date first.",
    ),
];

/// Section `database`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Where data is kept; may contain a password.
    pub url: SecretString,
    /// Most connections open at once.
    pub max_connections: u32,
    /// Connections kept open when idle.
    pub min_connections: u32,
    /// How long a request waits for a connection.
    #[serde(deserialize_with = "human::duration")]
    pub acquire_timeout: Duration,
    /// Longest time a statement may take.
    #[serde(deserialize_with = "human::duration")]
    pub statement_timeout: Duration,
    /// Whether `serve` brings the schema up to date first.
    pub migrate_on_start: bool,
}

impl DatabaseConfig {
    /// The SQLite file, unless the database is another one or in memory.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.url.expose_secret().strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let in_memory = path.contains(":memory:") || query.contains("mode=memory");
        (!in_memory && !path.is_empty()).then(|| PathBuf::from(path))
    }

    /// Whether data is gone when the process ends.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.url.expose_secret().starts_with("sqlite:") && self.sqlite_file().is_none()
    }

    /// Where files beside the database belong.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        let file = self.sqlite_file();
        let parent = file.as_deref().and_then(Path::parent);
        match parent {
            Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
            Some(parent) => parent.to_owned(),
            None => PathBuf::from("data"),
        }
    }
}
