//! Log lines: what is logged, how it looks, where it goes.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use tracing::Metadata;
use tracing_subscriber::{
    Layer, Registry, filter::filter_fn, layer::SubscriberExt, reload, util::SubscriberInitExt,
};

use super::{
    level::{LevelSwitch, filter},
    line::{LineFormat, LineLayer},
    output::{FileNames, Gather, Limits, LogFile, Queue, StandardOutput, Worker, write_to},
    reports::Reports,
};
use crate::config::{Environment, LogConfig, LogFormat, ShipConfig};

/// How long waiting lines may take to a file at the end.
const FLUSH: Duration = Duration::from_secs(5);

/// How long they may take to a collector.
#[cfg(feature = "log-shipping")]
const FLUSH_SHIPPED: Duration = Duration::from_secs(10);

/// Queues of this process by output, for the figures.
static QUEUES: OnceLock<Vec<(&'static str, Arc<Queue>)>> = OnceLock::new();

/// What became of lines on their way to the collector.
#[cfg(feature = "log-shipping")]
static SHIPPED: OnceLock<Arc<super::ship::Shipped>> = OnceLock::new();

/// What became of reports of errors.
#[cfg(feature = "log-shipping")]
static REPORTED: OnceLock<Arc<super::ship::Shipped>> = OnceLock::new();

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
    /// Standard output is closed, or there can be no further thread.
    #[error("log lines cannot be written: {0}")]
    Output(#[from] io::Error),
    /// The filter is not one.
    #[error("the log level cannot be understood: {0}")]
    Filter(String),
    /// There is no way to the collector of traces.
    #[error("traces cannot be sent: {0}")]
    Traces(String),
}

/// Writes what is still waiting when dropped, for some seconds at most; to be kept until the process ends.
#[derive(Default)]
#[must_use = "lines still waiting are lost without it"]
pub struct LogGuard {
    workers: Vec<(Worker, Duration)>,
    level: Option<LevelSwitch>,
}

impl LogGuard {
    /// What changes the level.
    pub(crate) fn level(&self) -> Option<LevelSwitch> {
        self.level.clone()
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let now = Instant::now();
        for (worker, _) in &self.workers {
            worker.close();
        }
        for (worker, most) in &self.workers {
            worker.wait_until(now + *most);
        }
    }
}

/// An output, and what its lines look like.
type Output = (&'static str, LineFormat, Arc<Queue>);

/// Sends log lines where the configuration says. The first call in a process counts; later
/// ones (tests start many servers) change nothing.
///
/// # Errors
/// [`TelemetryError`] for a filter that is none, or an output that cannot be opened.
pub fn init_logs(
    config: &LogConfig,
    ship: &ShipConfig,
    environment: Environment,
) -> Result<LogGuard, TelemetryError> {
    init_with((config, environment), ship, Extras::default())
}

/// What sends spans to a collector.
pub(super) type Spans = Box<dyn Layer<Registry> + Send + Sync>;

/// What only whole processes have.
#[derive(Default)]
pub(super) struct Extras {
    /// Sees the spans whatever the log level is.
    pub(super) spans: Option<Spans>,
    /// Where errors are reported.
    pub(super) reports: Option<Reports>,
}

/// [`init_logs`] with extras.
pub(super) fn init_with(
    (config, environment): (&LogConfig, Environment),
    ship: &ShipConfig,
    extras: Extras,
) -> Result<LogGuard, TelemetryError> {
    let mut guard = LogGuard::default();
    let mut outputs = Vec::new();
    let format = config.format_in(environment);
    if config.stdout {
        outputs.push(standard_output(config, format, &mut guard)?);
    }
    if let Some(path) = &config.file {
        let opened = file(config, path, format, &mut guard);
        outputs.push(opened.map_err(|reason| TelemetryError::File {
            path: path.clone(),
            reason,
        })?);
    }
    if let Some(url) = &ship.url {
        outputs.push(collector(ship, url, &mut guard)?);
    }
    if let Some(reports) = &extras.reports {
        outputs.push(sentry(reports, &mut guard)?);
    }
    install(config, (outputs, extras.spans), &mut guard)?;
    Ok(guard)
}

fn install(
    config: &LogConfig,
    (outputs, spans): (Vec<Output>, Option<Spans>),
    guard: &mut LogGuard,
) -> Result<(), TelemetryError> {
    filter(&config.level)?;
    // The `log` crate asks once, at the beginning, what could ever be wanted of it.
    let widest = if config.level.contains("trace") {
        "trace"
    } else {
        "debug"
    };
    let widest = filter(widest)?;
    let queues = outputs
        .iter()
        .map(|(name, _, queue)| (*name, Arc::clone(queue)))
        .collect();
    let lines = LineLayer::new(
        outputs
            .into_iter()
            .map(|(_, format, queue)| (format, queue))
            .collect(),
    );
    // It fails only if there is a subscriber already, which is then the one to keep.
    let (switch, installed) = match spans {
        None => {
            let (level, handle) = reload::Layer::new(widest);
            let logs = tracing_subscriber::registry().with(lines).with(level);
            let installed = logs.with(filter_fn(shows_no_secret)).try_init();
            (LevelSwitch::new(handle, &config.level), installed)
        }
        // What is sent does not depend on what is logged.
        Some(spans) => {
            let (level, handle) = reload::Layer::new(widest);
            let lines = lines.with_filter(level).with_filter(filter_fn(shows_no_secret));
            let installed = tracing_subscriber::registry().with(spans).with(lines).try_init();
            (LevelSwitch::new(handle, &config.level), installed)
        }
    };
    if installed.is_ok() {
        let _ = QUEUES.set(queues);
        switch.publish();
        guard.level = Some(switch.clone());
    }
    switch.reset();
    Ok(())
}

/// Whatever the level: the spans of SeaORM hold the arguments of its functions, the database's
/// address with its password among them.
fn shows_no_secret(what: &Metadata<'_>) -> bool {
    !(what.is_span() && what.target().starts_with("sea_orm"))
}

fn queue(config: &LogConfig) -> Arc<Queue> {
    let every_line = Gather {
        lines: 1,
        octets: 1,
        patience: Duration::ZERO,
    };
    let limit = usize::try_from(config.queue_size).unwrap_or(usize::MAX);
    Arc::new(Queue::new(limit, every_line))
}

fn standard_output(config: &LogConfig, format: LogFormat, guard: &mut LogGuard) -> io::Result<Output> {
    let (queue, sink) = (queue(config), StandardOutput::open()?);
    let work = move |queue: &Queue| write_to(sink, queue, "stdout");
    let worker = Worker::start("log-stdout", Arc::clone(&queue), work)?;
    guard.workers.push((worker, FLUSH));
    Ok(("stdout", line_format(format, wants_colours()), queue))
}

fn file(config: &LogConfig, path: &Path, format: LogFormat, guard: &mut LogGuard) -> io::Result<Output> {
    let limits = Limits {
        file: config.max_file_size,
        age: config.retention,
        total: config.max_total_size,
    };
    let (queue, sink) = (queue(config), LogFile::open(FileNames::new(path)?, limits)?);
    let work = move |queue: &Queue| write_to(sink, queue, "file");
    let worker = Worker::start("log-file", Arc::clone(&queue), work)?;
    guard.workers.push((worker, FLUSH));
    Ok(("file", line_format(format, false), queue))
}

#[cfg(feature = "log-shipping")]
fn collector(config: &ShipConfig, url: &str, guard: &mut LogGuard) -> io::Result<Output> {
    use super::ship::{self, Shipper};

    let queue = Arc::new(Queue::new(config.queue_size, ship::gather(config)));
    let shipper = Shipper::new(config, url, Arc::default())?;
    let shipped = shipper.shipped();
    let work = move |queue: &Queue| shipper.work(queue);
    let worker = Worker::start("log-shipper", Arc::clone(&queue), work)?;
    guard.workers.push((worker, FLUSH_SHIPPED));
    let _ = SHIPPED.set(shipped);
    Ok(("ship", ship::line_format(config), queue))
}

#[cfg(feature = "log-shipping")]
fn sentry(reports: &Reports, guard: &mut LogGuard) -> io::Result<Output> {
    use super::sentry;

    let queue = Arc::new(sentry::queue());
    let shipper = sentry::shipper(reports, Arc::default())?;
    let sent = shipper.shipped();
    let work = move |queue: &Queue| shipper.work(queue);
    let worker = Worker::start("error-reports", Arc::clone(&queue), work)?;
    guard.workers.push((worker, FLUSH_SHIPPED));
    let _ = REPORTED.set(sent);
    Ok(("sentry", sentry::line_format(reports), queue))
}

/// This binary cannot.
#[cfg(not(feature = "log-shipping"))]
fn sentry(_: &Reports, _: &mut LogGuard) -> io::Result<Output> {
    let message = "sentry.dsn: this binary was built without the feature log-shipping";
    Err(io::Error::other(message))
}

/// This binary cannot.
#[cfg(not(feature = "log-shipping"))]
fn collector(_: &ShipConfig, _: &str, _: &mut LogGuard) -> io::Result<Output> {
    let message = "ship.url: this binary was built without the feature log-shipping";
    Err(io::Error::other(message))
}

fn line_format(format: LogFormat, colours: bool) -> LineFormat {
    match format {
        LogFormat::Json => LineFormat::Json,
        LogFormat::Logfmt => LineFormat::Logfmt,
        LogFormat::Auto | LogFormat::Pretty => LineFormat::Pretty { colours },
    }
}

/// At a terminal, unless its owner wants none (no-color.org).
#[expect(
    clippy::disallowed_methods,
    reason = "a setting of the terminal, not of the server"
)]
fn wants_colours() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !unwanted
}

/// Tells the figures what became of lines.
pub(super) fn count_lines() {
    for (output, queue) in QUEUES.get().into_iter().flatten() {
        metrics::counter!("mainstay_log_lines_dropped_total", "output" => *output).absolute(queue.dropped());
    }
    #[cfg(feature = "log-shipping")]
    if let Some(shipped) = SHIPPED.get() {
        metrics::counter!("mainstay_log_lines_shipped_total").absolute(shipped.taken());
        metrics::counter!("mainstay_log_lines_refused_total").absolute(shipped.refused());
        metrics::counter!("mainstay_log_lines_ship_failures_total").absolute(shipped.failed());
    }
    #[cfg(feature = "log-shipping")]
    if let Some(reported) = REPORTED.get() {
        metrics::counter!("mainstay_error_reports_sent_total").absolute(reported.taken());
        metrics::counter!("mainstay_error_reports_failed_total").absolute(reported.failed());
    }
}
