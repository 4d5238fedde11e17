//! Requests that are no HTTP, or too much of it: actix refuses them before any handler.

use std::{net::SocketAddr, time::Duration};

use mainstay_testkit::TestApp;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::exchange;

/// The answers in what a server sent, each as its status, its headers and its body.
fn answers(sent: &str) -> Vec<(u16, String, String)> {
    let mut answers = Vec::new();
    let mut rest = sent;
    while !rest.is_empty() {
        let (head, after) = rest
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no head in {rest:?}"));
        let status = head[9..12]
            .parse()
            .unwrap_or_else(|_| panic!("no status in {head:?}"));
        let length: usize = header(head, "content-length").unwrap().parse().unwrap();
        let (body, next) = after.split_at(length);
        answers.push((status, head.to_owned(), body.to_owned()));
        rest = next;
    }
    answers
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.split("\r\n").skip(1);
    lines
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// Goes on only with a problem document that is whole in every respect.
fn expect_problem(answer: &(u16, String, String), status: u16, code: &str) {
    let (found, head, body) = answer;
    assert_eq!(*found, status, "{head}\n{body}");
    assert_eq!(header(head, "content-type"), Some("application/problem+json"));
    assert_eq!(header(head, "connection"), Some("close"));
    assert_eq!(header(head, "x-content-type-options"), Some("nosniff"));
    assert_eq!(header(head, "cache-control"), Some("no-store"));
    assert!(header(head, "date").is_some(), "{head}");
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["code"], code);
    let id = header(head, "x-request-id").unwrap();
    assert_eq!(problem["request_id"], id);
    assert_eq!(problem["instance"], format!("urn:uuid:{id}"));
}

async fn expect_refusal(addr: SocketAddr, request: &[u8], status: u16, code: &str) {
    let answers = answers(&exchange(addr, request).await);
    assert_eq!(answers.len(), 1, "{answers:?}");
    expect_problem(&answers[0], status, code);
}

#[tokio::test]
async fn whatever_is_no_http_is_answered_with_a_problem_document() {
    let app = TestApp::start().await;
    let smuggled =
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    for request in [
        "NONSENSE\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\nbad\u{1}name: y\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: seven\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3} a TLS client\r\n\r\n",
        smuggled,
    ] {
        expect_refusal(app.addr(), request.as_bytes(), 400, "BAD_REQUEST").await;
    }
    app.get("/health").send().await.expect(200);
}

#[tokio::test]
async fn too_many_and_too_large_headers_and_addresses_are_told_apart() {
    let app = TestApp::start().await;
    let large = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n",
        "y".repeat(200_000)
    );
    expect_refusal(app.addr(), large.as_bytes(), 431, "HEADERS_TOO_LARGE").await;
    let many: String = (0..200).map(|n| format!("x-{n}: y\r\n")).collect();
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    expect_refusal(app.addr(), many.as_bytes(), 431, "HEADERS_TOO_LARGE").await;
    for length in [70_000, 400_000] {
        let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(length));
        expect_refusal(app.addr(), long.as_bytes(), 414, "URI_TOO_LONG").await;
    }
}

#[tokio::test]
async fn a_client_that_sends_its_headers_too_slowly_is_told_so() {
    let app = TestApp::start().await;
    let mut slow = TcpStream::connect(app.addr()).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    let mut sent = String::new();
    let read = slow.read_to_string(&mut sent);
    tokio::time::timeout(Duration::from_secs(20), read)
        .await
        .unwrap()
        .unwrap();
    expect_problem(&answers(&sent)[0], 408, "REQUEST_TIMEOUT");
}

/// actix forgets its patience with an idle connection at the first octet that comes.
#[tokio::test]
async fn a_client_that_sends_later_headers_too_slowly_is_told_so_too() {
    let app = TestApp::start().await;
    let (mut answers_of, mut slow) = TcpStream::connect(app.addr()).await.unwrap().into_split();
    let good = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
    slow.write_all(good).await.unwrap();
    let mut buffer = vec![0; 4096];
    let read = answers_of.read(&mut buffer).await.unwrap();
    assert!(buffer[..read].starts_with(b"HTTP/1.1 200"));
    slow.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
    let dripping = tokio::spawn(async move {
        while slow.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    });
    let mut sent = String::new();
    let read = answers_of.read_to_string(&mut sent);
    let _ = tokio::time::timeout(Duration::from_secs(30), read).await.unwrap();
    expect_problem(&answers(&sent)[0], 408, "REQUEST_TIMEOUT");
    dripping.abort();
}

#[tokio::test]
async fn nonsense_behind_a_good_request_is_refused_behind_its_answer() {
    let app = TestApp::start().await;
    let good = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
    let sent = exchange(app.addr(), format!("{good}NONSENSE\r\n\r\n").as_bytes()).await;
    let answers = answers(&sent);
    assert_eq!(answers.len(), 2, "{sent}");
    assert_eq!(answers[0].0, 200);
    assert!(answers[0].2.contains("\"status\""), "{sent}");
    expect_problem(&answers[1], 400, "BAD_REQUEST");
}

#[tokio::test]
async fn a_kept_connection_is_refused_like_a_new_one() {
    let app = TestApp::start().await;
    let mut kept = TcpStream::connect(app.addr()).await.unwrap();
    let mut buffer = vec![0; 4096];
    for _ in 0..3 {
        kept.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let read = kept.read(&mut buffer).await.unwrap();
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200"));
    }
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000));
    kept.write_all(long.as_bytes()).await.unwrap();
    let mut sent = String::new();
    kept.read_to_string(&mut sent).await.unwrap();
    expect_problem(&answers(&sent)[0], 414, "URI_TOO_LONG");
}

#[tokio::test]
async fn an_answer_whose_body_looks_like_a_refusal_is_left_alone() {
    const LOOKALIKE: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
        date: Sat, 21 Nov 2026 10:00:00 GMT\r\n\r\n";
    let app = TestApp::builder()
        .product(|server| {
            server.routes(|config, _| {
                config.map(|config| {
                    let lookalike = || async { actix_web::HttpResponse::Ok().body(LOOKALIKE) };
                    config.route("/lookalike", actix_web::web::get().to(lookalike))
                });
            })
        })
        .start()
        .await;
    let request = "GET /lookalike HTTP/1.1\r\nhost: x\r\n";
    let sent = exchange(
        app.addr(),
        format!("{request}\r\n{request}connection: close\r\n\r\n").as_bytes(),
    )
    .await;
    let answers = answers(&sent);
    assert_eq!(answers.len(), 2, "{sent}");
    for (status, _, body) in answers {
        assert_eq!((status, body.as_str()), (200, LOOKALIKE));
    }
}

#[tokio::test]
async fn refusals_are_counted_among_the_requests() {
    let app = TestApp::start().await;
    exchange(app.addr(), b"NONSENSE\r\n\r\n").await;
    let metrics = app.get("/metrics").send().await.expect(200).text();
    let counted = metrics.lines().any(|line| {
        let labels = ["route=\"unreadable\"", "status=\"400\""];
        line.starts_with("mainstay_http_requests_total") && labels.iter().all(|label| line.contains(label))
    });
    assert!(counted, "{metrics}");
}
