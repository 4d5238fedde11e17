//! Dead letters on the command line, and what the log tells of their delivery.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// A mail server that wants nothing to do with anybody, for good.
fn unwilling_mail_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(b"554 no service here\r\n");
        }
    });
    port
}

/// The binary in a folder of its own, with mails for a server on `port`.
fn mainstay(dir: &Path, port: u16, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(dir).env_clear().envs([
        ("MAINSTAY_MAIL__TRANSPORT", "smtp"),
        ("MAINSTAY_MAIL__HOST", "127.0.0.1"),
        ("MAINSTAY_MAIL__PORT", &port.to_string()),
        ("MAINSTAY_MAIL__TLS", "none"),
        ("MAINSTAY_MAIL__FROM", "no-reply@example.org"),
        ("MAINSTAY_LOG__FORMAT", "json"),
    ]);
    command
}

/// A server on a port that is free, what it goes on to print, and the port.
fn serve(dir: &Path, mail_port: u16) -> (Child, BufReader<ChildStdout>, u16) {
    let mut child = mainstay(dir, mail_port, &["serve"])
        .env("PORT", "0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let port = port_of(&mut printed);
    (child, printed, port)
}

/// Reads the banner up to the port.
fn port_of(printed: &mut BufReader<ChildStdout>) -> u16 {
    let mut line = String::new();
    loop {
        line.clear();
        let read = printed.read_line(&mut line).unwrap();
        assert!(read > 0, "it ended at once");
        if let Some((_, port)) = line.trim_end().split_once("API      http://127.0.0.1:") {
            return port.trim_end_matches("/api/v1").parse().unwrap();
        }
    }
}

/// Registers somebody, who is to get a mail.
fn register(port: u16, request_id: &str) {
    let body = r#"{"email":"ada@example.com","password":"correct horse battery staple"}"#;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "POST /api/v1/auth/register HTTP/1.1\r\nHost: test\r\nConnection: close\r\nX-Request-ID: {request_id}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

fn json(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn dead_letters_are_listed_tried_again_and_removed_and_name_their_request() {
    let dir = tempfile::tempdir().unwrap();
    let mail_port = unwilling_mail_server();
    let jobs = |arguments: &[&str]| {
        let arguments = [&["jobs"], arguments].concat();
        mainstay(dir.path(), mail_port, &arguments).output().unwrap()
    };
    let (mut server, printed, port) = serve(dir.path(), mail_port);
    register(port, "adas-own-request");
    let begun = Instant::now();
    let dead = loop {
        let listed = json(&jobs(&["list", "--json"]));
        if let Some(job) = listed.get(0) {
            break job.clone();
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the mail is not given up"
        );
        std::thread::sleep(Duration::from_millis(100));
    };
    let id = server.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let printed = std::io::read_to_string(printed).unwrap();
    assert!(server.wait().unwrap().success());
    let line = printed.lines().find(|line| line.contains("a job was given up"));
    assert!(line.unwrap().contains("adas-own-request"), "{line:?}");

    assert_eq!(dead["request_id"], "adas-own-request");
    assert_eq!((&dead["kind"], &dead["status"]), (&"mail".into(), &"dead".into()));
    assert!(dead["failure"].as_str().unwrap().contains("554"), "{dead}");
    let id = dead["id"].as_str().unwrap();
    let shown = String::from_utf8(jobs(&["list"]).stdout).unwrap();
    assert!(shown.contains(id) && shown.contains("554"), "{shown}");
    assert!(!shown.contains("ada@"), "{shown}");
    assert_eq!(
        json(&jobs(&["list", "--kind", "other", "--json"])),
        Value::Array(Vec::new())
    );

    assert_eq!(json(&jobs(&["retry", id, "--json"]))[0]["status"], "queued");
    let again = jobs(&["retry", id]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains(id));
    assert_eq!(
        json(&jobs(&["list", "--status", "queued", "--json"]))[0]["id"],
        id
    );
    assert_eq!(json(&jobs(&["remove", id, "--json"]))[0]["id"], id);
    assert_eq!(jobs(&["remove", id]).status.code(), Some(1));
    assert_eq!(
        json(&jobs(&["list", "--all", "--json"])),
        Value::Array(Vec::new())
    );
    for wrong in [&["retry"][..], &["retry", "7"], &["list", "--status", "lost"]] {
        assert_eq!(jobs(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
