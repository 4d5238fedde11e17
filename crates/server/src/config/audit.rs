//! Section `audit`: the audit log.

use std::time::Duration;

use serde::Deserialize;

use super::{Key, Kind, human};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "audit.retention",
        Kind::Span {
            min: Duration::ZERO,
            max: DAY.saturating_mul(36_500),
        },
        "400d",
        "How long audit events are kept; 0s for ever.",
    ),
    Key::new(
        "audit.require_export",
        Kind::Flag,
        "false",
        "Whether events are removed only after `mainstay audit export` has written them to a file.",
    ),
    Key::new(
        "audit.seal_every",
        Kind::Span {
            min: Duration::from_millis(100),
            max: HOUR,
        },
        "1s",
        "How long new events wait for their place in the tamper-evident chain at most, while a server runs.",
    ),
    Key::new(
        "audit.anchor_every",
        Kind::Span {
            min: MINUTE,
            max: DAY.saturating_mul(7),
        },
        "1h",
        "How often the end of the chain is written to the log, as an anchor for `mainstay audit verify`.",
    ),
];

/// Section `audit`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// How long audit events are kept; zero for ever.
    #[serde(deserialize_with = "human::duration")]
    pub retention: Duration,
    /// Whether events are removed only after they were exported.
    pub require_export: bool,
    /// How often new events are sealed.
    #[serde(deserialize_with = "human::duration")]
    pub seal_every: Duration,
    /// How often the end of the chain is written to the log.
    #[serde(deserialize_with = "human::duration")]
    pub anchor_every: Duration,
}
