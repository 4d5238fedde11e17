//! Section `log`.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{Environment, Key, Kind, human};

const DAY: Duration = Duration::from_secs(86_400);
const KIB: u64 = 1 << 10;
const TIB: u64 = 1 << 40;

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
        "log.stdout",
        Kind::Flag,
        "true",
        "Whether lines go to standard output.",
    ),
    Key::new(
        "log.file",
        Kind::OptionalText,
        "",
        "A file that lines go to, too. Processes that share it write to files beside it; see docs/logging.md.",
    ),
    Key::new(
        "log.max_file_size",
        Kind::Size {
            min: 16 * KIB,
            max: TIB,
        },
        "10MiB",
        "A file that would grow larger is compressed, and another is begun.",
    ),
    Key::new(
        "log.retention",
        Kind::Span {
            min: Duration::ZERO,
            max: DAY.saturating_mul(36_500),
        },
        "90d",
        "How long compressed files are kept; 0s for ever.",
    ),
    Key::new(
        "log.max_total_size",
        Kind::Size {
            min: 0,
            max: 1024 * TIB,
        },
        "0",
        "The oldest compressed files are removed when all together are larger; 0 for no limit.",
    ),
    Key::new(
        "log.queue_size",
        Kind::Size {
            min: 64 * KIB,
            max: 1 << 30,
        },
        "8MiB",
        "Lines that wait for each output; when they are more, further ones are dropped and counted.",
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
    /// Whether lines go to standard output.
    pub stdout: bool,
    /// A file that lines go to, too.
    pub file: Option<PathBuf>,
    /// Octets of a file.
    pub max_file_size: u64,
    /// How long complete files are kept; zero for ever.
    #[serde(deserialize_with = "human::duration")]
    pub retention: Duration,
    /// Octets of all files together; zero for any.
    pub max_total_size: u64,
    /// Octets that wait for each output.
    pub queue_size: u64,
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
