//! Section `traces`.

use secrecy::SecretString;
use serde::Deserialize;

use super::{Key, Kind};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "traces.endpoint",
        Kind::WebUrl,
        "",
        "Where an OTLP collector listens for HTTP, e.g. http://collector:4318; nothing sends no traces.",
    )
    .plain("OTEL_EXPORTER_OTLP_ENDPOINT"),
    Key::new(
        "traces.headers",
        Kind::OptionalText,
        "",
        "What the collector wants to see: name=value, with commas between.",
    )
    .plain("OTEL_EXPORTER_OTLP_HEADERS")
    .secret(),
    Key::new(
        "traces.sample_percent",
        Kind::Whole { min: 0, max: 100 },
        "10",
        "How many of a hundred requests are traced, unless the caller's traceparent says.",
    ),
    Key::new(
        "traces.service_name",
        Kind::Text,
        "mainstay",
        "What the collector calls this service.",
    )
    .plain("OTEL_SERVICE_NAME"),
];

/// Section `traces`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TracesConfig {
    /// Where an OTLP collector listens for HTTP; nothing sends no traces.
    pub endpoint: Option<String>,
    /// Headers for the collector.
    pub headers: Option<SecretString>,
    /// How many of a hundred requests are traced.
    pub sample_percent: u8,
    /// What the collector calls this service.
    pub service_name: String,
}
