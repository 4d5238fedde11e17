//! Uploads that take long, and those that stand still.

use std::time::Duration;

use mainstay_testkit::TestApp;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

use super::support::{Files, at};

/// A server that waits this long for the next octets.
async fn waiting(limit: &str) -> Files {
    let app = TestApp::builder().with("server.request_timeout", limit);
    Files::on(app.start().await).await
}

async fn begin(files: &Files, key: &str, length: usize) -> TcpStream {
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
        at(key),
        files.ada.access_token
    );
    let mut stream = TcpStream::connect(files.app.addr()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn an_upload_may_take_longer_than_the_request_timeout_while_octets_come() {
    let files = waiting("4s").await;
    let mut stream = begin(&files, "box/slow", 20).await;
    for _ in 0..20 {
        stream.write_all(b"x").await.unwrap();
        sleep(Duration::from_millis(300)).await;
    }
    let told = answer(&mut stream).await;
    assert!(told.starts_with("HTTP/1.1 201"), "{told}");
    assert_eq!(files.get("box/slow").await.expect(200).text(), "x".repeat(20));
}

#[tokio::test]
async fn an_upload_that_stands_still_ends_and_leaves_nothing() {
    let files = waiting("2s").await;
    let mut stream = begin(&files, "box/stuck", 10).await;
    stream.write_all(b"x").await.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(30), answer(&mut stream))
        .await
        .unwrap();
    assert!(
        told.starts_with("HTTP/1.1 408") && told.contains("REQUEST_TIMEOUT"),
        "{told}"
    );
    files.get("box/stuck").await.expect_problem(404, "NOT_FOUND");
    assert_eq!(files.counted("box").await, (0, 0));
}
