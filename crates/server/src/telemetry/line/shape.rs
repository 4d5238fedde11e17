//! How lines look.

use tracing::Level;

use super::{
    head::Head,
    json::Json,
    logfmt::Logfmt,
    otlp::OtlpRecord,
    pretty::Pretty,
    report::{self, Report},
    value::Value,
};

/// How the lines of an output look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::telemetry) enum LineFormat {
    /// One JSON object.
    Json,
    /// One JSON object with what OpenObserve wants to know, and these members in front.
    OpenObserve { members: String },
    /// One record of the OpenTelemetry protocol.
    Otlp,
    /// One event of Sentry with these members in front, of errors alone.
    Sentry { members: String },
    /// `key=value` pairs.
    Logfmt,
    /// For people.
    Pretty { colours: bool },
}

/// Puts a line together. The order of calls: `begin`, `field` for each of the event's, `span` if there is
/// one, `span_field` for each of its and its parents', `end`.
pub(super) trait Shape {
    fn begin(&mut self, out: &mut String, head: &Head<'_>);
    fn field(&mut self, out: &mut String, name: &str, value: Value<'_>);
    fn span(&mut self, out: &mut String, name: &str);
    fn span_field(&mut self, out: &mut String, name: &str, value: Value<'_>);
    fn end(&mut self, out: &mut String, head: &Head<'_>);
}

impl LineFormat {
    /// Whether lines of this level are of interest.
    pub(super) fn wants(&self, level: Level) -> bool {
        !matches!(self, Self::Sentry { .. }) || report::is_reported(level)
    }

    /// Lets `write` put one line together.
    pub(super) fn with(&self, write: impl FnOnce(&mut dyn Shape)) {
        match self {
            Self::Json => write(&mut Json::default()),
            Self::OpenObserve { members } => write(&mut Json::for_open_observe(members)),
            Self::Otlp => write(&mut OtlpRecord::default()),
            Self::Sentry { members } => write(&mut Report::new(members)),
            Self::Logfmt => write(&mut Logfmt),
            Self::Pretty { colours } => write(&mut Pretty::new(*colours)),
        }
    }
}
