//! SIGHUP: what a process that runs makes of a changed configuration.
#![cfg(unix)]
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
    net::TcpStream,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

#[path = "support/served.rs"]
mod served;

use served::Served;
use tempfile::TempDir;

/// The binary in a folder of its own, which has a configuration and keeps the log.
fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(dir).env_clear().envs([
        ("DATABASE_URL", "sqlite://data/app.db"),
        ("MAINSTAY_HASHING__MEMORY_KIB", "64"),
        ("MAINSTAY_HASHING__ITERATIONS", "1"),
        ("MAINSTAY_LOG__FILE", "app.log"),
        ("MAINSTAY_LOG__FORMAT", "json"),
    ]);
    command
}

fn configure(dir: &TempDir, text: &str) {
    fs::write(dir.path().join("mainstay.toml"), text).unwrap();
}

fn log_text(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("app.log")).unwrap_or_default()
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends SIGHUP and waits until the log has this many lines with these words.
fn reload(server: &Served, dir: &TempDir, words: &str, times: usize) {
    server.signal("-HUP");
    eventually(words, || log_text(dir).matches(words).count() == times);
}

/// How often a wrong password is answered before somebody is asked to wait.
fn tries(server: &Served, email: &str) -> usize {
    let status = || {
        let body = format!(r#"{{"email":"{email}","password":"not the right one"}}"#);
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        write!(
            stream,
            "POST /api/v1/auth/login HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).map(str::to_owned).unwrap()
    };
    (0..40).take_while(|_| status() == "401").count()
}

const READ_AGAIN: &str = "the configuration was read again";

#[test]
fn what_can_change_while_a_server_runs_does_at_a_signal_and_the_rest_is_named() {
    let dir = TempDir::new().unwrap();
    let policy = "base_delay = \"30s\"\naddress_free_tries = 1000\n";
    let first = format!("[log]\nlevel = \"warn\"\n[throttle]\naccount_free_tries = 3\n{policy}");
    configure(&dir, &first);
    let server = Served::start(dir.path(), &[]);
    assert_eq!(tries(&server, "first@example.com"), 3);

    let changed = format!(
        "[log]\nlevel = \"info\"\n[throttle]\naccount_free_tries = 6\n{policy}[audit]\nretention = \"300d\"\n\
         [server]\nbody_limit = \"2MiB\"\n[mail]\npassword = \"not-for-the-log\"\nusername = \"a\"\n"
    );
    configure(&dir, &changed);
    // At the old level it would not be there.
    reload(&server, &dir, READ_AGAIN, 1);
    assert_eq!(tries(&server, "second@example.com"), 6);
    let text = log_text(&dir);
    for (key, words) in [
        ("throttle.account_free_tries", "is in effect"),
        ("log.level", "is in effect"),
        ("audit.retention", "is in effect"),
        ("server.body_limit", "waits for a restart"),
        ("mail.username", "waits for a restart"),
        ("mail.password", "waits for a restart"),
    ] {
        let told = text
            .lines()
            .any(|line| line.contains(key) && line.contains(words));
        assert!(told, "{key} {words}: {text}");
    }
    assert!(!text.contains("not-for-the-log"), "{text}");

    // What waits is told again, what is in effect is not.
    reload(&server, &dir, READ_AGAIN, 2);
    let text = log_text(&dir);
    assert_eq!(text.matches("is in effect").count(), 3, "{text}");
    assert_eq!(text.matches("waits for a restart").count(), 6, "{text}");
    server.stop();
}

#[test]
fn a_broken_configuration_changes_nothing_and_every_fault_is_told_by_its_key() {
    let dir = TempDir::new().unwrap();
    configure(&dir, "[log]\nlevel = \"warn\"\n");
    let server = Served::start(dir.path(), &[]);
    configure(
        &dir,
        "[log]\nlevel = \"info\"\n[server]\nbody_limit = \"many\"\n[audit]\nretenton = \"1d\"\n",
    );
    reload(&server, &dir, "the configuration stays as it was", 2);
    let text = log_text(&dir);
    assert!(
        text.contains("server.body_limit") && text.contains("audit.retenton"),
        "{text}"
    );
    configure(&dir, "[log\n");
    reload(&server, &dir, "the configuration stays as it was", 3);
    assert!(log_text(&dir).contains("line 1"), "{}", log_text(&dir));
    assert!(server.get("/health").starts_with("HTTP/1.1 200"));
    server.stop();
    assert!(
        !log_text(&dir).contains("stopped in order"),
        "the level has changed"
    );
}
