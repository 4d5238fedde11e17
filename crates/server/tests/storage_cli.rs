//! `storage sweep` on the command line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

const PASSWORD: &str = "correct horse battery staple";

/// The binary in a folder of its own.
fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(dir).env_clear().envs([
        ("MAINSTAY_LOG__FORMAT", "json"),
        ("MAINSTAY_HASHING__MEMORY_KIB", "64"),
        ("MAINSTAY_HASHING__ITERATIONS", "1"),
    ]);
    command
}

/// A server that ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(dir: &Path) -> Self {
        let mut child = mainstay(dir, &["serve"])
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            let read = printed.read_line(&mut line).unwrap();
            assert!(read > 0, "it ended at once");
            if let Some((_, port)) = line.trim_end().split_once("API      http://127.0.0.1:") {
                break port.trim_end_matches("/api/v1").parse().unwrap();
            }
        };
        // It must not wait for somebody to read what it goes on to print.
        std::thread::spawn(move || std::io::copy(&mut printed, &mut std::io::sink()));
        Self { child, port }
    }

    fn send(&self, request: &str, token: Option<&str>, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let token = token.map_or(String::new(), |token| {
            format!("Authorization: Bearer {token}\r\n")
        });
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{token}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        answer
    }
}

/// Two files that an administrator keeps.
fn with_files(dir: &Path) {
    let mut create = mainstay(
        dir,
        &[
            "admin",
            "create",
            "--email",
            "root@example.com",
            "--password-stdin",
        ],
    );
    let mut create = create
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(create.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    assert!(create.wait().unwrap().success());
    let server = Server::start(dir);
    let login = format!(r#"{{"email":"root@example.com","password":"{PASSWORD}"}}"#);
    let answer = server.send("POST /api/v1/auth/login", None, &login);
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let token = body["access_token"].as_str().unwrap();
    let bucket = r#"{"name":"box"}"#;
    server.send("POST /api/v1/storage/buckets", Some(token), bucket);
    for (key, octets) in [("a", "first"), ("b", "second!")] {
        let request = format!("PUT /api/v1/storage/buckets/box/files/{key}");
        server.send(&request, Some(token), octets);
    }
}

/// Every file below a folder with so many octets.
fn files_of_size(dir: &Path, size: u64) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let kind = entry.metadata().unwrap();
        if kind.is_dir() {
            found.extend(files_of_size(&entry.path(), size));
        } else if kind.len() == size {
            found.push(entry.path());
        }
    }
    found
}

fn sweep(dir: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let arguments = [&["storage", "sweep", "--json"], more].concat();
    let output: Output = mainstay(dir, &arguments).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), report.unwrap_or_else(|_| panic!("{error}")))
}

#[test]
fn a_sweep_exits_with_one_while_a_file_is_lost_and_names_it() {
    let dir = tempfile::tempdir().unwrap();
    with_files(dir.path());
    let (code, whole) = sweep(dir.path(), &[]);
    assert_eq!(code, Some(0), "{whole}");
    assert_eq!(
        (&whole["files"], &whole["lost"], &whole["ok"]),
        (&2.into(), &0.into(), &true.into())
    );
    assert_eq!((&whole["objects"], &whole["strays"]), (&2.into(), &0.into()));
    let mut octets = files_of_size(dir.path(), 7);
    octets.retain(|path| fs::read(path).unwrap() == b"second!");
    assert_eq!(octets.len(), 1, "{octets:?}");
    fs::remove_file(&octets[0]).unwrap();
    for more in [&["--dry-run", "--remove-lost"][..], &[]] {
        let (code, report) = sweep(dir.path(), more);
        assert_eq!(code, Some(1), "{report}");
        assert_eq!((&report["lost"], &report["lost_removed"]), (&1.into(), &0.into()));
        assert_eq!(report["lost_files"][0]["key"], "b");
    }
    let text = mainstay(dir.path(), &["storage", "sweep"]).output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("LOST box/b"), "{text}");
    let (code, report) = sweep(dir.path(), &["--remove-lost"]);
    assert_eq!((code, &report["lost_removed"]), (Some(0), &1.into()), "{report}");
    let (code, report) = sweep(dir.path(), &[]);
    assert_eq!((code, &report["files"]), (Some(0), &1.into()), "{report}");
}
