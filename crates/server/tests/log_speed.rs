//! How fast log lines are. To be run alone:
//! `cargo test --release -p mainstay-server --test log_speed -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{
    fs::{self, File},
    io::{BufReader, Read},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use mainstay_server::{
    config::{Config, Environment, LogConfig, LogFormat, Sources},
    telemetry::init_logs,
};

const PACED: u32 = 200_000;
const FLAT_OUT: u32 = 2_000_000;

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
fn on_processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

fn nanos_each(spent: Duration, count: u32) -> f64 {
    spent.as_secs_f64() * 1e9 / f64::from(count)
}

/// Lines below a folder; nothing if a file was compressed meanwhile.
fn lines_in(folder: &Path) -> Option<u64> {
    let mut lines = 0;
    let paths: Vec<_> = fs::read_dir(folder)
        .ok()?
        .map(|entry| entry.unwrap().path())
        .collect();
    for path in &paths {
        let packed = PathBuf::from(format!("{}.gz", path.display()));
        if path.to_string_lossy().ends_with(".part") || paths.contains(&packed) {
            continue;
        }
        let file = File::open(path).ok()?;
        let mut text = Vec::new();
        if path.extension().is_some_and(|ending| ending == "gz") {
            flate2::read::GzDecoder::new(file).read_to_end(&mut text).ok()?;
        } else {
            BufReader::new(file).read_to_end(&mut text).ok()?;
        }
        lines += text.iter().filter(|octet| **octet == b'\n').count() as u64;
    }
    Some(lines)
}

#[test]
#[ignore = "it measures, and wants the machine to itself"]
fn what_a_line_costs_its_thread_and_how_many_reach_a_file_in_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let defaults = Config::load(&Sources::none()).unwrap();
    let config = LogConfig {
        format: LogFormat::Json,
        stdout: false,
        file: Some(folder.path().join("app.log")),
        ..defaults.log
    };
    let logs = init_logs(&config, &defaults.ship, Environment::Local).unwrap();
    let span = request();
    let begun = on_processor();
    for _ in 0..PACED / 100 {
        span.in_scope(|| (0..100).for_each(|_| answered(200)));
        std::thread::sleep(Duration::from_millis(2));
    }
    let spent = on_processor() - begun;
    println!("one line costs its thread {:.0} ns", nanos_each(spent, PACED));
    let begun = on_processor();
    (0..PACED).for_each(|_| drop(request()));
    let spent = on_processor() - begun;
    println!("the span of a request costs {:.0} ns", nanos_each(spent, PACED));
    let cpu = on_processor();
    let begun = Instant::now();
    span.in_scope(|| (0..FLAT_OUT).for_each(|_| answered(201)));
    let (logged, cpu) = (begun.elapsed(), on_processor() - cpu);
    println!("flat out, one line costs {:.0} ns", nanos_each(cpu, FLAT_OUT));
    drop(logs);
    let took = begun.elapsed().as_secs_f64();
    let lines = std::iter::repeat_with(|| lines_in(folder.path()))
        .flatten()
        .next();
    let written = lines.unwrap() - u64::from(PACED);
    println!("{FLAT_OUT} lines logged in {logged:.2?}; {written} reached the file in {took:.2} s");
    println!(
        "{:.0} lines a second",
        f64::from(u32::try_from(written).unwrap()) / took
    );
}
