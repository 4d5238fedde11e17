//! How fast log lines are. To be run alone:
//! `cargo test --release -p mainstay-server --test log_speed -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::time::{Duration, Instant};

use mainstay_server::{
    config::{Config, Environment, LogConfig, LogFormat, Sources},
    telemetry::init_logs,
};

const PACED: u32 = 200_000;
const FLAT_OUT: u32 = 4_000_000;

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

fn lines_in(folder: &std::path::Path) -> u64 {
    use std::io::Read;
    let mut lines = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = std::fs::File::open(&path).unwrap();
        let mut text = Vec::new();
        if path.extension().is_some_and(|ending| ending == "gz") {
            flate2::read::GzDecoder::new(file).read_to_end(&mut text).unwrap();
        } else {
            std::io::BufReader::new(file).read_to_end(&mut text).unwrap();
        }
        lines += text.iter().filter(|octet| **octet == b'\n').count() as u64;
    }
    lines
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
    let mut spent = Duration::ZERO;
    for _ in 0..PACED / 100 {
        let begun = Instant::now();
        span.in_scope(|| (0..100).for_each(|_| answered(200)));
        spent += begun.elapsed();
        std::thread::sleep(Duration::from_millis(2));
    }
    println!(
        "one line costs its thread {:.0} ns",
        spent.as_secs_f64() * 1e9 / f64::from(PACED)
    );
    let begun = Instant::now();
    (0..PACED).for_each(|_| drop(request()));
    let each = begun.elapsed().as_secs_f64() * 1e9 / f64::from(PACED);
    println!("the span of a request costs {each:.0} ns");
    let begun = Instant::now();
    span.in_scope(|| (0..FLAT_OUT).for_each(|_| answered(201)));
    let logged = begun.elapsed();
    drop(logs);
    let took = begun.elapsed().as_secs_f64();
    let written = lines_in(folder.path()) - u64::from(PACED);
    println!("{FLAT_OUT} lines logged in {logged:.2?}; {written} reached the file in {took:.2} s");
    println!(
        "{:.0} lines a second",
        f64::from(u32::try_from(written).unwrap()) / took
    );
}
