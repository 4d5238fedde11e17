//! Section `ship`: log lines to a collector.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use super::{Key, Kind, human};

const SECOND: Duration = Duration::from_secs(1);
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "ship.url",
        Kind::WebUrl,
        "",
        "A collector that log lines are sent to, too, such as https://logs.example.com; nobody by default.",
    ),
    Key::new(
        "ship.protocol",
        Kind::Choice(&["openobserve", "otlp"]),
        "openobserve",
        "What it understands: OpenObserve's JSON ingestion, or OpenTelemetry's OTLP over HTTP in JSON.",
    ),
    Key::new(
        "ship.organization",
        Kind::Text,
        "default",
        "The organization in OpenObserve.",
    ),
    Key::new(
        "ship.stream",
        Kind::Text,
        "mainstay",
        "The stream in OpenObserve.",
    ),
    Key::new(
        "ship.service",
        Kind::Text,
        "mainstay",
        "What each line calls its service.",
    ),
    Key::new(
        "ship.username",
        Kind::OptionalText,
        "",
        "The user name at the collector.",
    ),
    Key::new(
        "ship.password",
        Kind::OptionalText,
        "",
        "The password at the collector.",
    )
    .secret(),
    Key::new(
        "ship.batch_lines",
        Kind::Whole { min: 1, max: 100_000 },
        "1000",
        "Most lines of a batch.",
    ),
    Key::new(
        "ship.batch_size",
        Kind::Size {
            min: 64 * KIB,
            max: 16 * MIB,
        },
        "1MiB",
        "Most octets of a batch.",
    ),
    Key::new(
        "ship.every",
        Kind::Span {
            min: Duration::from_millis(10),
            max: SECOND.saturating_mul(600),
        },
        "5s",
        "How long a line waits for its batch to fill at most.",
    ),
    Key::new(
        "ship.timeout",
        Kind::Span {
            min: Duration::from_millis(100),
            max: SECOND.saturating_mul(60),
        },
        "5s",
        "How long the collector may take for a batch.",
    ),
    Key::new(
        "ship.queue_size",
        Kind::Size {
            min: 64 * KIB,
            max: 1024 * MIB,
        },
        "4MiB",
        "Lines that wait for the collector; when they are more, further ones are dropped and counted.",
    ),
];

/// What a collector understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShipProtocol {
    /// OpenObserve's JSON ingestion.
    OpenObserve,
    /// OTLP over HTTP, in JSON.
    Otlp,
}

/// Section `ship`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShipConfig {
    /// A collector, if lines are sent to one.
    pub url: Option<String>,
    /// What it understands.
    pub protocol: ShipProtocol,
    /// The organization in OpenObserve.
    pub organization: String,
    /// The stream in OpenObserve.
    pub stream: String,
    /// What each line calls its service.
    pub service: String,
    /// The user name at the collector.
    pub username: Option<String>,
    /// The password at the collector.
    pub password: Option<SecretString>,
    /// Most lines of a batch.
    pub batch_lines: usize,
    /// Most octets of a batch.
    pub batch_size: usize,
    /// How long a line waits for its batch at most.
    #[serde(deserialize_with = "human::duration")]
    pub every: Duration,
    /// How long the collector may take for a batch.
    #[serde(deserialize_with = "human::duration")]
    pub timeout: Duration,
    /// Octets that wait for the collector.
    pub queue_size: usize,
}
