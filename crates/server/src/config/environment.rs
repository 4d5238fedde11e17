//! Where the server runs.

use std::fmt;

use serde::Deserialize;

use super::{Key, Kind};

pub(super) const KEYS: &[Key] = &[Key::new(
    "environment",
    Kind::Choice(&["local", "dev", "staging", "production"]),
    "local",
    "Where this server runs; production is strict about security.",
)
.plain("ENVIRONMENT")];

/// Where the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A developer's machine: works with no configuration.
    Local,
    /// A shared place to try things.
    Dev,
    /// A rehearsal of production.
    Staging,
    /// The real thing.
    Production,
}

impl Environment {
    /// The name used in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// Whether this is a developer's machine.
    #[must_use]
    pub const fn is_local(self) -> bool {
        matches!(self, Self::Local)
    }

    /// Whether this is the real thing.
    #[must_use]
    pub const fn is_production(self) -> bool {
        matches!(self, Self::Production)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
