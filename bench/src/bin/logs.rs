//! How fast log lines are, as JSON.
//!
//! - `logs file FOLDER`: what an access line costs its thread, and how many a second reach a file
//!   that is rotated and compressed.
//! - `logs ship URL LINES SECONDS`: so many lines a second for so long to a collector, and how much
//!   memory that takes.
#![allow(clippy::print_stdout, reason = "it is a program for scripts")]

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufReader, Read},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use mainstay_server::{
    config::{Config, Environment, LogConfig, LogFormat, Sources},
    telemetry::init_logs,
};
use serde_json::{Value, json};

/// Lines of the paced measurement: a busy server's, with pauses in which the writer follows.
const PACED: u32 = 200_000;
const FLAT_OUT: u32 = 2_000_000;
/// Pieces of a second in which lines are made for a collector.
const STEPS: u32 = 200;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The span of a request, as `api` opens it.
fn request() -> tracing::Span {
    let span = tracing::info_span!(
        "http.request",
        method = "GET",
        route = "/api/v1/users/me",
        request_id = "01a4c3f0-6f5e-7c4b-9d1e-0123456789ab",
        code = tracing::field::Empty,
        user_id = tracing::field::Empty,
        session_id = tracing::field::Empty,
    );
    span.record("user_id", "01a4c3f0-6f5e-7c4b-9d1e-0123456789ab");
    span.record("session_id", "01a4c3f0-6f5e-7c4b-9d1e-0123456789ab");
    span
}

/// The access line, as `api` writes it.
fn answered(status: u16) {
    let client_ip = Some(tracing::field::display(std::net::Ipv4Addr::LOCALHOST));
    let (duration_ms, bytes) = (0.412, Some(312_u64));
    tracing::info!(
        target: "mainstay::access",
        status, duration_ms, bytes, client_ip, path = "/api/v1/users/me", "answered"
    );
}

/// Time of this thread on a processor, whatever else the machine does.
fn on_processor() -> Outcome<Duration> {
    let told = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = told.split(' ').next().unwrap_or_default().parse()?;
    Ok(Duration::from_nanos(nanos))
}

fn nanos_each(spent: Duration, count: u32) -> f64 {
    spent.as_secs_f64() * 1e9 / f64::from(count)
}

/// Lines below a folder; nothing if a file was compressed meanwhile.
fn lines_in(folder: &Path) -> Option<u32> {
    let entries = fs::read_dir(folder).ok()?;
    let paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    let mut lines = 0;
    for path in &paths {
        let packed = PathBuf::from(format!("{}.gz", path.display()));
        if path.to_string_lossy().ends_with(".part") || paths.contains(&packed) {
            continue;
        }
        lines += text_of(path)?.iter().filter(|octet| **octet == b'\n').count();
    }
    u32::try_from(lines).ok()
}

fn text_of(path: &Path) -> Option<Vec<u8>> {
    let (file, mut text) = (File::open(path).ok()?, Vec::new());
    if path.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::GzDecoder::new(file).read_to_end(&mut text).ok()?;
    } else {
        BufReader::new(file).read_to_end(&mut text).ok()?;
    }
    Some(text)
}

fn to_file(folder: &Path) -> Outcome<Value> {
    let defaults = Config::load(&Sources::none())?;
    let config = LogConfig {
        format: LogFormat::Json,
        stdout: false,
        file: Some(folder.join("app.log")),
        ..defaults.log
    };
    let logs = init_logs(&config, &defaults.ship, Environment::Local)?;
    let span = request();
    let begun = on_processor()?;
    for _ in 0..PACED / 100 {
        span.in_scope(|| (0..100).for_each(|_| answered(200)));
        thread::sleep(Duration::from_millis(2));
    }
    let paced = on_processor()? - begun;
    let begun = on_processor()?;
    (0..PACED).for_each(|_| drop(request()));
    let spans = on_processor()? - begun;
    let begun = Instant::now();
    span.in_scope(|| (0..FLAT_OUT).for_each(|_| answered(201)));
    drop(logs);
    let took = begun.elapsed().as_secs_f64();
    let kept = std::iter::repeat_with(|| lines_in(folder)).flatten().next();
    let written = kept.unwrap_or_default().saturating_sub(PACED);
    Ok(json!({
        "ns/line": nanos_each(paced, PACED),
        "ns/span": nanos_each(spans, PACED),
        "lines/s": f64::from(written) / took,
        "lines dropped": FLAT_OUT - written,
    }))
}

/// MB of memory at its peak.
fn peak() -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("/proc tells no VmHWM")?
        .parse()?;
    Ok(kib / 1024.0)
}

fn ship(url: &str, lines: u32, seconds: u32) -> Outcome<Value> {
    let sources = Sources::none().variable("MAINSTAY_SHIP__URL", url);
    let config = Config::load(&sources)?;
    let log = LogConfig {
        stdout: false,
        ..config.log
    };
    let before = peak()?;
    let logs = init_logs(&log, &config.ship, Environment::Local)?;
    let span = request();
    let begun = Instant::now();
    for step in 0..seconds * STEPS {
        span.in_scope(|| (0..lines / STEPS).for_each(|_| answered(200)));
        let due = begun + Duration::from_secs(1) * (step + 1) / STEPS;
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    drop(logs);
    let took = begun.elapsed().as_secs_f64();
    Ok(json!({ "seconds": took, "MB": peak()? - before }))
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let told = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["file", folder] => to_file(Path::new(folder))?,
        ["ship", url, lines, seconds] => ship(url, lines.parse()?, seconds.parse()?)?,
        _ => return Err("usage: logs file FOLDER | logs ship URL LINES SECONDS".into()),
    };
    println!("{told}");
    Ok(())
}
