//! Tests of the range API's client, against a stub of the service.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use mainstay_domain::{InvalidValue, Password};
use mainstay_services::ports::{BreachedPasswords, PasswordPolicy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{RangeApi, RangeApiSettings, lists, sha1_hex};
use crate::{BreachPolicy, ZxcvbnPolicy};

const PASSWORD: &str = "a rather unusual one, 1815";
/// Its SHA-1, made elsewhere.
const HASH: &str = "C155C63F0AC85554163AEC7FEDEFB8DFBB5FE843";

/// What a stub server says, and when.
#[derive(Clone)]
enum Stub {
    Answers(u16, String),
    Stalls,
}

/// A server that answers everything alike and keeps what it was asked.
struct Server {
    addr: SocketAddr,
    timeout: Duration,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(stub: Stub) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&asked);
        // Only what stalls must run out of time.
        let timeout = match &stub {
            Stub::Stalls => Duration::from_millis(300),
            Stub::Answers(..) => Duration::from_secs(30),
        };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = vec![0; 4096];
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
                kept.lock().unwrap().push(text);
                match &stub {
                    Stub::Answers(status, body) => {
                        let head = format!(
                            "HTTP/1.1 {status} Stub\r\ncontent-length: {}\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n",
                            body.len()
                        );
                        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                    }
                    Stub::Stalls => tokio::time::sleep(Duration::from_secs(3600)).await,
                }
            }
        });
        Self { addr, timeout, asked }
    }

    fn api(&self) -> RangeApi {
        let settings = RangeApiSettings {
            url: format!("http://{}/", self.addr),
            timeout: self.timeout,
        };
        RangeApi::new(&settings).unwrap()
    }

    fn policy(&self) -> BreachPolicy {
        BreachPolicy::new(Arc::new(ZxcvbnPolicy::new()), Arc::new(self.api()))
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn password() -> Password {
    Password::parse(PASSWORD).unwrap()
}

/// A body that lists our password so many times, among others.
fn listing(count: u64) -> String {
    let suffix = &HASH[5..];
    format!(
        "{}:7\r\n{suffix}:{count}\r\n{}:0\r\n",
        "0".repeat(35),
        "F".repeat(35)
    )
}

async fn check(stub: Stub) -> Result<(), InvalidValue> {
    let server = Server::start(stub).await;
    server.policy().check(&password(), Vec::new()).await
}

#[tokio::test]
async fn a_password_that_is_listed_is_refused_by_name() {
    let refused = check(Stub::Answers(200, listing(3))).await.unwrap_err();
    assert_eq!(refused.code, "PASSWORD_BREACHED");
}

#[tokio::test]
async fn a_password_that_is_not_listed_or_only_padding_is_taken() {
    let others = format!("{}:12\r\n", "A".repeat(35));
    check(Stub::Answers(200, others)).await.unwrap();
    check(Stub::Answers(200, String::new())).await.unwrap();
    check(Stub::Answers(200, listing(0))).await.unwrap();
}

#[tokio::test]
async fn only_five_hex_digits_of_the_hash_leave_the_process() {
    let server = Server::start(Stub::Answers(200, String::new())).await;
    server.policy().check(&password(), Vec::new()).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(sha1_hex(&password()), HASH);
    let request = asked[0].to_uppercase();
    assert!(
        request.starts_with(&format!("GET /RANGE/{} HTTP/1.1\r\n", &HASH[..5])),
        "{request}"
    );
    assert!(request.contains("ADD-PADDING: TRUE"), "{request}");
    assert!(!request.contains(&HASH[5..11]), "{request}");
    assert!(!request.contains("UNUSUAL"), "{request}");
}

#[tokio::test]
async fn a_service_that_stalls_holds_nobody_up_and_refuses_nobody() {
    let begun = Instant::now();
    check(Stub::Stalls).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_service_that_fails_redirects_or_floods_refuses_nobody() {
    for (status, body) in [
        (500, listing(3)),
        (429, listing(3)),
        (302, listing(3)),
        (200, "x".repeat(2 << 20)),
    ] {
        check(Stub::Answers(status, body.clone())).await.unwrap();
        let server = Server::start(Stub::Answers(status, body)).await;
        let error = server.api().contains(&password()).await.unwrap_err();
        assert!(!error.to_string().contains("range"), "{error}");
        assert_eq!(server.asked().len(), 1, "a redirect is not followed");
    }
}

#[tokio::test]
async fn the_bundled_list_applies_before_anybody_is_asked() {
    let server = Server::start(Stub::Answers(200, String::new())).await;
    let common = Password::parse("password1").unwrap();
    let refused = server.policy().check(&common, Vec::new()).await.unwrap_err();
    assert_eq!(refused.code, "PASSWORD_TOO_COMMON");
    assert!(server.asked().is_empty());
}

#[test]
fn suffixes_are_found_in_either_case_and_whatever_ends_the_line() {
    for answer in ["ABC:1", "abc:1\n", "x:2\r\nAbC: 1 \r\n"] {
        assert!(lists(answer, "ABC"), "{answer:?}");
    }
    for answer in ["ABC:0", "ABC", "ABC:", "ABC:many", "ABCD:1", ""] {
        assert!(!lists(answer, "ABC"), "{answer:?}");
    }
}
