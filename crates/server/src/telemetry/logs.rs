//! Log lines.

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use tracing::Metadata;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::filter_fn, fmt::writer::BoxMakeWriter, layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::{Environment, LogConfig, LogFormat};

/// Lines that may wait for a slow disk; more are dropped rather than slowing requests down.
const WAITING_LINES: usize = 65_536;

/// These talk about every statement or connection at `info`.
const QUIET: &str = "sqlx=warn,sea_orm=warn,actix_server=warn,actix_http=warn,mio=warn";

static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// Logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The file cannot be written.
    #[error("the log file {} cannot be opened: {reason}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The filter is not one.
    #[error("the log level cannot be understood: {0}")]
    Filter(String),
    /// There is no way to the collector of traces.
    #[error("traces cannot be sent: {0}")]
    Traces(String),
}

/// Writes what is still waiting when dropped; to be kept until the process ends.
#[derive(Default)]
#[must_use = "lines still waiting are lost without it"]
pub struct LogGuard {
    _worker: Option<WorkerGuard>,
}

/// Sends log lines where the configuration says. The first call in a process counts; later
/// ones (tests start many servers) change nothing.
///
/// # Errors
/// [`TelemetryError`] for a filter that is none, or a file that cannot be opened.
pub fn init_logs(config: &LogConfig, environment: Environment) -> Result<LogGuard, TelemetryError> {
    init_with(config, environment, None)
}

/// What sends spans to a collector.
pub(super) type SpanLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// [`init_logs`], and what sees the spans whatever the log level is.
pub(crate) fn init_with(
    config: &LogConfig,
    environment: Environment,
    spans: Option<SpanLayer>,
) -> Result<LogGuard, TelemetryError> {
    let filter = filter(&config.level)?;
    let format = config.format_in(environment);
    let (writer, terminal, guard) = writer(config.file.as_deref(), format)?;
    let layer = layer(format, writer, terminal);
    let logs = layer.with_filter(filter).with_filter(filter_fn(shows_no_secret));
    let layers: Vec<SpanLayer> = spans.into_iter().chain([logs.boxed()]).collect();
    // It fails only if there is a subscriber already, which is then the one to keep.
    let _ = tracing_subscriber::registry().with(layers).try_init();
    Ok(guard)
}

/// Whatever the level: the spans of SeaORM hold the arguments of its functions, the database's
/// address with its password among them.
fn shows_no_secret(what: &Metadata<'_>) -> bool {
    !(what.is_span() && what.target().starts_with("sea_orm"))
}

/// What the configuration says, over the quiet defaults.
fn filter(level: &str) -> Result<EnvFilter, TelemetryError> {
    let directives = if level.contains('=') || ["off", "error"].contains(&level) {
        level.to_owned()
    } else {
        format!("{QUIET},{level}")
    };
    EnvFilter::builder()
        .parse(&directives)
        .map_err(|error| TelemetryError::Filter(error.to_string()))
}

/// People at a terminal see each line at once; a slow disk or collector must not slow requests
/// down, so for them lines go through a queue.
fn writer(file: Option<&Path>, format: LogFormat) -> Result<(BoxMakeWriter, bool, LogGuard), TelemetryError> {
    let (writer, worker) = match file {
        Some(path) => queue(open(path).map_err(|reason| TelemetryError::File {
            path: path.to_owned(),
            reason,
        })?),
        None if format == LogFormat::Pretty => {
            let terminal = io::stdout().is_terminal();
            return Ok((BoxMakeWriter::new(io::stdout), terminal, LogGuard::default()));
        }
        None => queue(io::stdout()),
    };
    let _ = DROPPED.set(writer.error_counter());
    let guard = LogGuard {
        _worker: Some(worker),
    };
    Ok((BoxMakeWriter::new(writer), false, guard))
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

fn queue(to: impl Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .lossy(true)
        .buffered_lines_limit(WAITING_LINES)
        .finish(to)
}

/// How many lines were dropped so far because the queue was full.
pub(super) fn dropped_lines() -> u64 {
    let dropped = DROPPED.get().map_or(0, ErrorCounter::dropped_lines);
    u64::try_from(dropped).unwrap_or(u64::MAX)
}

fn layer(format: LogFormat, writer: BoxMakeWriter, terminal: bool) -> Box<dyn Layer<Registry> + Send + Sync> {
    match format {
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_writer(writer)
            .boxed(),
        LogFormat::Logfmt => tracing_logfmt::builder().layer().with_writer(writer).boxed(),
        LogFormat::Auto | LogFormat::Pretty => pretty(writer, terminal),
    }
}

/// The layer's own default heeds `NO_COLOR`; only where nobody looks it is overruled.
fn pretty(writer: BoxMakeWriter, terminal: bool) -> Box<dyn Layer<Registry> + Send + Sync> {
    let layer = tracing_subscriber::fmt::layer()
        .with_target(false)
        .compact()
        .with_writer(writer);
    if terminal {
        layer.boxed()
    } else {
        layer.with_ansi(false).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_level_keeps_the_database_quiet_and_a_filter_says_it_all() {
        let level = filter("debug").map(|filter| filter.to_string());
        assert!(level.is_ok_and(|text| text.contains("sqlx=warn") && text.contains("debug")));
        let chosen = filter("info,sqlx=debug").map(|filter| filter.to_string());
        assert!(chosen.is_ok_and(|text| text.contains("sqlx=debug") && !text.contains("sea_orm")));
    }
}
