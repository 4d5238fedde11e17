//! What a whole process tells of itself.

use anyhow::Context as _;

#[cfg(not(feature = "traces"))]
use super::no_traces::{TracesGuard, span_layer};
#[cfg(feature = "traces")]
use super::traces::{TracesGuard, span_layer};
use super::{
    LogGuard,
    level::{LevelSwitch, follow},
    log_panics,
    logs::{Extras, Spans, init_with},
    reports::Reports,
};
use crate::{builder::Product, config::Config};

/// Writes and sends what still waits when dropped; to be kept until the process ends.
#[must_use = "what still waits is lost without it"]
pub(crate) struct Telemetry {
    // Before the logs, which tell if the last spans are lost.
    _traces: Option<TracesGuard>,
    logs: LogGuard,
}

impl Telemetry {
    /// What changes the level, if this process logs as its configuration says.
    pub(crate) fn level(&self) -> Option<LevelSwitch> {
        self.logs.level()
    }
}

/// Sends log lines, reports of errors and spans where the configuration says, panics among them, and follows what
/// changes the level.
///
/// # Errors
/// A sentence about what cannot be set up.
pub(crate) fn begin(config: &Config, product: &Product) -> anyhow::Result<Telemetry> {
    let (spans, traces): (Option<Spans>, _) = span_layer(&config.traces)?.unzip();
    let extras = Extras {
        spans,
        reports: Reports::configured(config, product),
    };
    let logs = init_with((&config.log, config.environment), &config.ship, extras)?;
    log_panics();
    if let Some(level) = logs.level() {
        follow(level).context("signals cannot be listened to")?;
    }
    Ok(Telemetry {
        _traces: traces,
        logs,
    })
}
