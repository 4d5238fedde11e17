//! A server that speaks S3, for `.ci/boto3-objects`: prints where it answers, and ends with its
//! standard input.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "it serves tests, and a script reads what it prints"
)]

#[path = "../support/s3_server.rs"]
mod s3_server;

use s3_server::{BUCKET, KEY_ID, S3Server, SECRET};

#[tokio::main]
async fn main() {
    let server = S3Server::start().await;
    println!(
        "{} {BUCKET} {KEY_ID} {SECRET} {}",
        server.endpoint,
        server.objects()
    );
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    let _ = ended.await;
}
