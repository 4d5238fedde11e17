//! `mainstay serve` in a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use super::mainstay;

/// A server in a process of its own that is stopped with the test.
pub struct Served {
    pub child: Child,
    reader: Option<std::thread::JoinHandle<String>>,
    pub port: u16,
}

impl Served {
    /// Starts `serve` on a port that is free and waits until it says that it answers there.
    pub fn start(dir: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = mainstay(dir, &["serve"])
            .env("PORT", "0")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut printed = String::new();
            for line in stdout.lines() {
                let line = line.unwrap();
                if let Some(port) = port_in(&line) {
                    let _ = tell.send(port);
                }
                printed.push_str(&line);
                printed.push('\n');
            }
            printed
        });
        let mut served = Self {
            child,
            reader: Some(reader),
            port: 0,
        };
        let port = told.recv_timeout(Duration::from_secs(60));
        served.port = port.expect("it ended at once, or does not answer");
        served
    }

    /// Stops it in order; what it printed from the first to the last line.
    pub fn stop(mut self) -> String {
        self.signal("-TERM");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        self.reader.take().unwrap().join().unwrap()
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    pub fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

/// Where it serves, if the line tells: in the banner or, outside of local, in the log.
fn port_in(line: &str) -> Option<u16> {
    let tells = line.trim_start().starts_with("API ") || line.contains("\"serving\"");
    let (_, rest) = line.split_once("127.0.0.1:").filter(|_| tells)?;
    let end = rest.find(|next: char| !next.is_ascii_digit())?;
    rest[..end].parse().ok()
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
