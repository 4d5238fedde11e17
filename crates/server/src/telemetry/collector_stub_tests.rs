//! What collectors do to those who send them something, good and bad.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

pub(super) const LONG: Duration = Duration::from_secs(60);
pub(super) const STALL: u16 = 0;

#[derive(Default)]
pub(super) struct Seen {
    /// Heads and bodies of requests that were answered by 200.
    pub(super) taken: Mutex<Vec<(String, Value)>>,
    pub(super) requests: AtomicUsize,
    pub(super) connections: AtomicUsize,
    /// The status to answer, or [`STALL`].
    status: AtomicU16,
    /// The body of answers; `{}` if it is empty.
    answer: Mutex<String>,
    ended: AtomicBool,
}

pub(super) struct Stub {
    pub(super) url: String,
    pub(super) seen: Arc<Seen>,
}

impl Stub {
    pub(super) fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Seen::default());
        seen.status.store(status, Ordering::SeqCst);
        let of_thread = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let seen = Arc::clone(&of_thread);
                seen.connections.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(&stream.unwrap(), &seen));
            }
        });
        Self { url, seen }
    }

    pub(super) fn says(&self, status: u16) {
        self.seen.status.store(status, Ordering::SeqCst);
    }

    pub(super) fn answers(&self, body: &str) {
        body.clone_into(&mut self.seen.answer.lock().unwrap());
    }

    pub(super) fn lines(&self) -> Vec<Value> {
        let taken = self.seen.taken.lock().unwrap();
        taken
            .iter()
            .flat_map(|(_, body)| body.as_array().unwrap().clone())
            .collect()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.seen.ended.store(true, Ordering::SeqCst);
    }
}

/// An envelope is a document a line.
fn lines_of(body: &[u8]) -> Value {
    let lines = body
        .split(|octet| *octet == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice::<Value>(line).unwrap())
        .collect()
}

fn serve(stream: &TcpStream, seen: &Seen) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let lower = head.to_lowercase();
        let length = lower
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        seen.requests.fetch_add(1, Ordering::SeqCst);
        let status = seen.status.load(Ordering::SeqCst);
        while status == STALL && !seen.ended.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
            if seen.status.load(Ordering::SeqCst) != STALL {
                return;
            }
        }
        if status == 200 {
            let body = serde_json::from_slice(&body).unwrap_or_else(|_| lines_of(&body));
            seen.taken.lock().unwrap().push((head, body));
        }
        let mut answer = seen.answer.lock().unwrap().clone();
        if answer.is_empty() {
            answer.push_str("{}");
        }
        let length = answer.len();
        let answer = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {length}\r\n\r\n{answer}");
        if (&mut &*stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

pub(super) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        thread::sleep(Duration::from_millis(5));
    }
}
