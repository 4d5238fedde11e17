//! Section `log`.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Environment, Key, Kind};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "log.level",
        Kind::LogFilter,
        "info",
        "What is logged: a level, or a filter such as info,mainstay_api=debug.",
    )
    .plain("LOG_LEVEL"),
    Key::new(
        "log.format",
        Kind::Choice(&["auto", "pretty", "json", "logfmt"]),
        "auto",
        "How lines look; auto is pretty in local and json elsewhere.",
    ),
    Key::new(
        "log.file",
        Kind::OptionalText,
        "",
        "A file to write to instead of standard output.",
    ),
];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// `Pretty` in local, `Json` elsewhere.
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
    /// `key=value` pairs.
    Logfmt,
}

/// Section `log`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// What is logged.
    pub level: String,
    /// How lines look; see [`LogConfig::format_in`].
    pub format: LogFormat,
    /// A file to write to instead of standard output.
    pub file: Option<PathBuf>,
}

impl LogConfig {
    /// How lines look in `environment`; never [`LogFormat::Auto`].
    #[must_use]
    pub fn format_in(&self, environment: Environment) -> LogFormat {
        match self.format {
            LogFormat::Auto if environment.is_local() => LogFormat::Pretty,
            LogFormat::Auto => LogFormat::Json,
            chosen => chosen,
        }
    }
}
