//! Uploads that take long, and those that stand still.

use std::time::Duration;

use mainstay_testkit::TestApp;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::sleep,
};

use super::support::{Files, at};

/// A server that waits this long for the next octets, and wants so many of them a second.
async fn waiting(limit: &str, rate: &str) -> Files {
    let app = TestApp::builder()
        .with("server.request_timeout", limit)
        .with("server.min_body_rate", rate);
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

/// Told that it takes too long.
async fn assert_refused(stream: &mut TcpStream) {
    let told = tokio::time::timeout(Duration::from_secs(30), answer(stream)).await;
    let told = told.expect("it is waited for for ever");
    assert!(
        told.starts_with("HTTP/1.1 408") && told.contains("REQUEST_TIMEOUT"),
        "{told}"
    );
}

/// Sends an octet a moment for as long as anybody listens, and never more.
async fn drip(mut stream: TcpStream) {
    let (mut reading, mut writing) = stream.split();
    let mut first = [0; 12];
    let dripping = async {
        while writing.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
        std::future::pending::<()>().await;
    };
    let told = async { reading.read_exact(&mut first).await.unwrap() };
    let limit = sleep(Duration::from_secs(60));
    tokio::select! {
        () = dripping => {}
        _ = told => assert_eq!(&first, b"HTTP/1.1 408"),
        () = limit => panic!("it drips for ever"),
    }
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn an_upload_may_take_longer_than_the_request_timeout_while_octets_come() {
    let files = waiting("4s", "0").await;
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
    let files = waiting("2s", "1KiB").await;
    let mut stream = begin(&files, "box/stuck", 10).await;
    stream.write_all(b"x").await.unwrap();
    assert_refused(&mut stream).await;
    files.get("box/stuck").await.expect_problem(404, "NOT_FOUND");
    assert_eq!(files.counted("box").await, (0, 0));
}

#[tokio::test]
async fn an_upload_that_drips_ends_though_it_never_stands_still() {
    let files = waiting("2s", "64KiB").await;
    drip(begin(&files, "box/drip", 100_000_000).await).await;
    files.get("box/drip").await.expect_problem(404, "NOT_FOUND");
    assert_eq!(files.counted("box").await, (0, 0));
}

#[tokio::test]
async fn fields_of_a_form_that_drip_before_the_file_buy_no_time() {
    let files = waiting("2s", "1KiB").await;
    let head = format!(
        "POST /api/v1/storage/buckets/box/files HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\
         Content-Length: 100000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n\
         --b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n",
        files.ada.access_token
    );
    let mut stream = TcpStream::connect(files.app.addr()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    drip(stream).await;
}

#[tokio::test]
async fn a_json_body_that_does_not_come_in_time_is_told_so() {
    let files = waiting("2s", "0").await;
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
                Content-Length: 100000\r\nConnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(files.app.addr()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(b"{").await.unwrap();
    drip(stream).await;
}
