//! Section `scan`: looking for malware in files.

use std::time::Duration;

use serde::Deserialize;

use super::{Key, Kind, human};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "scan.clamd",
        Kind::OptionalText,
        "",
        "Where ClamAV's daemon listens, host:port or unix:/path; files stay shut until it has found nothing. Without one, files are not scanned.",
    ),
    Key::new(
        "scan.timeout",
        Kind::Span {
            min: Duration::from_secs(1),
            max: Duration::from_secs(600),
        },
        "60s",
        "How long it may be silent; less than half of jobs.lease.",
    ),
];

/// Section `scan`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanConfig {
    /// Where ClamAV's daemon listens.
    pub clamd: Option<String>,
    /// How long it may be silent.
    #[serde(deserialize_with = "human::duration")]
    pub timeout: Duration,
}
