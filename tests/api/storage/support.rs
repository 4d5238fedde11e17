//! What tests of files begin with.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use mainstay_services::{
    jobs::{JobRunner, JobSettings},
    storage::DeleteFiles,
};
use mainstay_testkit::{LoggedIn, TestApp, TestAppBuilder, TestResponse};
use serde_json::{Value, json};

use crate::support::{BUCKET, KEY_ID, S3Server, SECRET};

/// A server with a bucket, an administrator and a user.
pub struct Files {
    pub app: TestApp,
    pub admin: LoggedIn,
    pub ada: LoggedIn,
}

impl Files {
    /// With the open bucket `box`.
    pub async fn start() -> Self {
        Self::on(TestApp::start().await).await
    }

    pub async fn on(app: TestApp) -> Self {
        let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
        let files = Self { app, admin, ada };
        files.bucket("box", json!({ "open": true })).await;
        files
    }

    pub async fn bucket(&self, name: &str, rules: Value) -> TestResponse {
        let mut body = rules;
        body["name"] = json!(name);
        self.admin
            .post("/api/v1/storage/buckets")
            .json(body)
            .await
            .expect(201)
    }

    pub async fn put(&self, path: &str, octets: impl Into<Vec<u8>>) -> TestResponse {
        self.ada.put(&at(path)).body(octets).await
    }

    pub async fn get(&self, path: &str) -> TestResponse {
        self.ada.get(&at(path)).await
    }

    /// Octets and files that the bucket counts.
    pub async fn counted(&self, bucket: &str) -> (i64, i64) {
        let path = format!("/api/v1/storage/buckets/{bucket}/usage");
        let usage = self.admin.get(&path).await.expect(200).json();
        let all = &usage["all"];
        (all["size"].as_i64().unwrap(), all["files"].as_i64().unwrap())
    }

    /// Keys of files, and prefixes of folders, of one page.
    pub async fn listed(&self, query: &str) -> Vec<String> {
        let path = format!("/api/v1/storage/buckets/box/files?{query}");
        names(&self.ada.get(&path).await.expect(200).json())
    }
}

pub fn names(page: &Value) -> Vec<String> {
    let entries = page["data"].as_array().unwrap().iter();
    let name = |entry: &Value| match entry["kind"].as_str() {
        Some("folder") => format!(">{}", entry["prefix"].as_str().unwrap()),
        _ => entry["key"].as_str().unwrap().to_owned(),
    };
    entries.map(name).collect()
}

/// `box/a` is the file `a` of the bucket `box`.
pub fn at(path: &str) -> String {
    let (bucket, key) = path.split_once('/').unwrap();
    format!("/api/v1/storage/buckets/{bucket}/files/{key}")
}

pub fn sha256(octets: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets)
        .as_ref()
        .to_vec()
}

pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// `Content-Digest` of these octets.
pub fn digest_header(octets: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(sha256(octets)))
}

/// Octets that are no text and do not repeat soon.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut octets = Vec::with_capacity(length + 8);
    while octets.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        octets.extend_from_slice(&state.to_le_bytes());
    }
    octets.truncate(length);
    octets
}

/// Takes jobs that delete files, on a lease that is over at once, as if this process died in between.
pub fn deleter(app: &TestApp) -> JobRunner {
    let context = app.context();
    let settings = JobSettings {
        lease: TimeDelta::milliseconds(1),
        retry_delay: TimeDelta::zero(),
        longest_delay: TimeDelta::zero(),
    };
    let (store, clock) = (Arc::clone(&context.store), Arc::clone(&context.clock));
    let storage = Arc::clone(&app.services().storage);
    JobRunner::new(store, clock, Arc::clone(&context.entropy), settings)
        .with(Arc::new(DeleteFiles { storage }))
}

/// Does every job that deletes files, until there are no more. Tells how many.
pub async fn work_off(app: &TestApp) -> usize {
    let runner = deleter(app);
    for done in 0..1_000 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let Some(job) = runner.take(1).await.unwrap().pop() else {
            return done;
        };
        // Its lease is over, so that it can be recorded only by chance; it would be done once more.
        let ticket = job.ticket().unwrap();
        let verdict = runner.execute(&job).await;
        runner.record(&ticket, &verdict).await.unwrap();
    }
    panic!("the jobs never end");
}

/// A server of files that keeps their octets there.
pub fn on_s3(s3: &S3Server) -> TestAppBuilder {
    with_s3(TestApp::builder(), s3)
}

pub fn with_s3(app: TestAppBuilder, s3: &S3Server) -> TestAppBuilder {
    app.with("storage.backend", "s3")
        .with("storage.endpoint", &s3.endpoint)
        .with("storage.bucket", BUCKET)
        .with("storage.access_key_id", KEY_ID)
        .with("storage.secret_access_key", SECRET)
}
