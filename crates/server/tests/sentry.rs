//! What a whole process reports to Sentry.
#![cfg(feature = "log-shipping")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

#[path = "support/served.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod served;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use served::Served;

const ADDRESS: &str = "canary.of.the.report@example.com";

fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(dir).env_clear();
    command
}

/// Serves each connection on a thread of its own; the port.
fn listen(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream.unwrap()));
        }
    });
    port
}

/// A mail server that knows no mailbox, and says so in full.
fn unfriendly_mail_server() -> u16 {
    listen(|stream| {
        let mut writer = stream.try_clone().unwrap();
        let mut say = |answer: &str| writer.write_all(format!("{answer}\r\n").as_bytes()).is_ok();
        say("220 test");
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let answer = match line.get(..4).unwrap_or_default() {
                "RCPT" => format!("550 5.1.1 <{ADDRESS}> is no mailbox of ours"),
                _ => "250 fine".to_owned(),
            };
            if !say(&answer) {
                return;
            }
        }
    })
}

/// Requests as they came, head and body.
fn sentry() -> (u16, Receiver<String>) {
    let (taken, seen) = channel();
    let port = listen(move |mut stream| {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        loop {
            let mut request = String::new();
            while !request.ends_with("\r\n\r\n") {
                if reader.read_line(&mut request).unwrap_or(0) == 0 {
                    return;
                }
            }
            let lower = request.to_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.unwrap().parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            request.push_str(&String::from_utf8(body).unwrap());
            let _ = taken.send(request);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    });
    (port, seen)
}

/// A server that reports to this port, and whose mails nobody takes.
fn serve(dir: &Path, sentry: u16) -> Served {
    let dsn = format!("http://abc123@127.0.0.1:{sentry}/7");
    let mail = unfriendly_mail_server().to_string();
    let settings = [
        ("SENTRY_DSN", dsn.as_str()),
        ("MAINSTAY_MAIL__TRANSPORT", "smtp"),
        ("MAINSTAY_MAIL__HOST", "127.0.0.1"),
        ("MAINSTAY_MAIL__PORT", &mail),
        ("MAINSTAY_MAIL__TLS", "none"),
    ];
    Served::start(dir, &settings)
}

fn register(port: u16) {
    let body = format!(r#"{{"email":"{ADDRESS}","password":"correct horse battery staple"}}"#);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "POST /api/v1/auth/register HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
         X-Request-ID: report-me\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn a_mail_that_is_given_up_is_reported_with_its_request_and_without_the_address() {
    let dir = tempfile::tempdir().unwrap();
    let (sentry, seen) = sentry();
    let server = serve(dir.path(), sentry);
    register(server.port);
    let report = seen.recv_timeout(Duration::from_secs(60)).expect("a report");
    assert!(report.starts_with("POST /api/7/envelope/ "), "{report}");
    assert!(report.contains("sentry_key=abc123"), "{report}");
    for part in [
        "a job was given up",
        "report-me",
        "\"environment\":\"local\"",
        "mainstay@",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    let printed = server.stop();
    assert!(!printed.contains("abc123"), "{printed}");
    let all: String = seen.try_iter().fold(report, |all, next| all + &next);
    assert!(!all.contains("canary"), "{all}");
}

#[test]
fn the_end_of_a_process_waits_for_a_sentry_that_stalls_for_a_limited_time_only() {
    let dir = tempfile::tempdir().unwrap();
    // Connections are made, and nobody reads what comes.
    let stalled = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = serve(dir.path(), stalled.local_addr().unwrap().port());
    register(server.port);
    // The report is under way.
    let _held = stalled.accept().unwrap();
    server.stop();
}
