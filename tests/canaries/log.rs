//! The log of this process, at `trace`.

use std::{
    fs,
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mainstay_server::{
    config::{Config, Environment, LogConfig, LogFormat, Sources},
    telemetry::{LogGuard, init_logs},
};
use mainstay_testkit::TestApp;
use tempfile::TempDir;

static LOG: OnceLock<(TempDir, LogGuard)> = OnceLock::new();
static SETTLED: AtomicUsize = AtomicUsize::new(0);

/// Nothing is left out: a filter that names a target takes the place of the quiet defaults.
const EVERYTHING: &str = "trace,sqlx=trace";

fn file() -> PathBuf {
    LOG.get().expect("the log was begun").0.path().join("log")
}

fn defaults() -> Config {
    Config::load(&Sources::none()).expect("the defaults are a configuration")
}

/// Begins to log, once in a process.
pub fn begin() {
    LOG.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let config = LogConfig {
            level: EVERYTHING.to_owned(),
            format: LogFormat::Json,
            stdout: false,
            file: Some(folder.path().join("log")),
            // One file and no line lost, however much there is.
            max_file_size: u64::MAX,
            queue_size: 1 << 30,
            ..defaults().log
        };
        let guard = init_logs(&config, &defaults().ship, Environment::Local).expect("a log");
        (folder, guard)
    });
}

/// Waits until everything that was logged so far stands in the file.
pub async fn settle() {
    let number = SETTLED.fetch_add(1, Ordering::Relaxed);
    let mark = format!("mark-{number}-of-the-canaries");
    let app = TestApp::start().await;
    let request = app.get("/health").header("x-request-id", &mark);
    request.send().await.expect(200);
    for _ in 0..600 {
        if read().contains(&mark) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("lines are missing from the log");
}

/// Everything that was logged so far.
pub fn read() -> String {
    let octets = fs::read(file()).expect("the log can be read");
    String::from_utf8_lossy(&octets).into_owned()
}
