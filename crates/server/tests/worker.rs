//! `mainstay worker`, and servers that leave the work to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// However slow the machine is today.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary in a folder of its own, with mails for a folder in it.
fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .stdout(Stdio::null())
        .envs([
            ("MAINSTAY_MAIL__TRANSPORT", "file"),
            ("MAINSTAY_MAIL__DIR", "mails"),
            ("MAINSTAY_MAIL__FROM", "no-reply@example.org"),
            ("MAINSTAY_JOBS__POLL_INTERVAL", "50ms"),
            ("MAINSTAY_HASHING__MEMORY_KIB", "64"),
            ("MAINSTAY_LOG__FORMAT", "json"),
        ]);
    command
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// Ends with the test.
struct Process(Child);

impl Process {
    /// Waits until somebody answers on `port`.
    fn start(mut command: Command, port: u16) -> Self {
        let mut process = Self(command.spawn().unwrap());
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(process.0.try_wait().unwrap().is_none(), "it ended at once");
            std::thread::sleep(Duration::from_millis(10));
        }
        process
    }

    fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    fn terminate(mut self) {
        self.signal("-TERM");
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(port: u16, path: &str) -> String {
    ask(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"),
    )
}

/// Registers somebody, who is to get a mail.
fn register(port: u16) {
    let body = r#"{"email":"ada@example.com","password":"correct horse battery staple"}"#;
    let answer = ask(
        port,
        &format!(
            "POST /api/v1/auth/register HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

fn mails(dir: &Path) -> usize {
    fs::read_dir(dir.join("mails")).map_or(0, Iterator::count)
}

fn wait_until(what: &str, met: impl Fn() -> bool) {
    let begun = Instant::now();
    while !met() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_worker_sends_the_mails_that_a_server_leaves_to_it_and_stops_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let (port, management) = (free_port(), free_port());
    let mut serve = mainstay(dir.path(), &["serve"]);
    serve
        .env("PORT", port.to_string())
        .env("MAINSTAY_JOBS__IN_PROCESS", "false");
    let server = Process::start(serve, port);
    register(port);
    assert_eq!(mails(dir.path()), 0);

    let mut work = mainstay(dir.path(), &["worker"]);
    work.env("PORT", port.to_string())
        .env("MAINSTAY_SERVER__MANAGEMENT_PORT", management.to_string());
    let worker = Process::start(work, management);
    wait_until("no mail came", || mails(dir.path()) == 1);
    assert!(get(management, "/health/ready").starts_with("HTTP/1.1 200"));
    wait_until("the worker does not count its jobs", || {
        get(management, "/metrics").contains(r#"mainstay_queued_jobs_total{kind="mail",outcome="done"} 1"#)
    });
    let healthy = mainstay(dir.path(), &["health", "--management"])
        .env("MAINSTAY_SERVER__MANAGEMENT_PORT", management.to_string())
        .status();
    assert!(healthy.unwrap().success());
    worker.terminate();
    server.terminate();
}

#[test]
fn a_worker_without_a_management_port_listens_nowhere_and_needs_no_free_port() {
    let dir = tempfile::tempdir().unwrap();
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = occupied.local_addr().unwrap().port().to_string();
    let mut work = mainstay(dir.path(), &["worker"]);
    let mut worker = Process(work.env("PORT", port).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = std::io::BufReader::new(worker.0.stdout.take().unwrap());
    let mut seen = String::new();
    while !seen.contains("\"working\"") {
        let read = std::io::BufRead::read_line(&mut lines, &mut seen).unwrap();
        assert_ne!(read, 0, "it ended: {seen}");
    }
    worker.signal("-TERM");
    lines.read_to_string(&mut seen).unwrap();
    assert!(seen.contains("stopped in order"), "{seen}");
    assert!(worker.0.wait().unwrap().success());
    let healthy = mainstay(dir.path(), &["health", "--management"]).status();
    assert_eq!(healthy.unwrap().code(), Some(2));
}
