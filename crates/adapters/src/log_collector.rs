//! A collector of log lines, over HTTP: OpenObserve, whatever takes OTLP, or Sentry.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use reqwest::{
    Client, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use serde::Deserialize;

/// An answer is read so far, so that its connection can be used again.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Where lines are collected. It shows nobody its password.
pub struct LogCollectorSettings {
    /// The address that takes batches.
    pub url: String,
    /// How it knows who sends.
    pub sender: LogSender,
    /// Longest time a batch may take.
    pub timeout: Duration,
}

/// Who sends batches, and so what they are.
pub enum LogSender {
    /// Anybody; JSON.
    Anybody,
    /// User name and password, for Basic authentication (RFC 7617); JSON.
    Account(String, String),
    /// The public key of a project of Sentry; an envelope.
    SentryKey(String),
}

/// A batch was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LogCollectorError {
    /// It may be taken later.
    #[error("{0}")]
    Temporary(String),
    /// It will never be taken.
    #[error("{0}")]
    Refused(String),
}

/// Sends batches over connections that are kept.
pub struct LogCollector {
    client: Client,
    url: String,
}

impl LogCollector {
    /// A client of the collector; no connection is made yet.
    ///
    /// # Errors
    /// [`LogCollectorError::Refused`] if TLS cannot be set up, or the credentials hold what no header may.
    pub fn new(settings: LogCollectorSettings) -> Result<Self, LogCollectorError> {
        let client = Client::builder()
            .user_agent(concat!("mainstay/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .timeout(settings.timeout)
            .pool_max_idle_per_host(1)
            .default_headers(headers(settings.sender)?)
            .build()
            .map_err(|error| LogCollectorError::Refused(error.to_string()))?;
        Ok(Self {
            client,
            url: settings.url,
        })
    }

    /// Sends one batch; tells how many of its lines the collector says it has refused.
    ///
    /// # Errors
    /// [`LogCollectorError`] if it was not taken, and whether it is of use to try again.
    pub async fn send(&self, batch: Bytes) -> Result<u64, LogCollectorError> {
        let answer = self.client.post(&self.url).body(batch).send().await;
        let answer = answer.map_err(|error| LogCollectorError::Temporary(root(&error.without_url())))?;
        let status = answer.status();
        let told = read(answer).await;
        if status.is_success() {
            return Ok(refused(&told));
        }
        let told = format!("the answer is {status}");
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        if status.is_client_error() && !later.contains(&status) {
            return Err(LogCollectorError::Refused(told));
        }
        Err(LogCollectorError::Temporary(told))
    }
}

fn headers(sender: LogSender) -> Result<HeaderMap, LogCollectorError> {
    let (kind, name, value) = match sender {
        LogSender::Anybody => ("application/json", AUTHORIZATION, None),
        LogSender::Account(name, password) => {
            let encoded = BASE64_STANDARD.encode(format!("{name}:{password}"));
            (
                "application/json",
                AUTHORIZATION,
                Some(format!("Basic {encoded}")),
            )
        }
        LogSender::SentryKey(key) => {
            let client = concat!("mainstay/", env!("CARGO_PKG_VERSION"));
            let value = format!("Sentry sentry_version=7, sentry_client={client}, sentry_key={key}");
            let name = HeaderName::from_static("x-sentry-auth");
            ("application/x-sentry-envelope", name, Some(value))
        }
    };
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
    if let Some(value) = value {
        let mut value =
            HeaderValue::from_str(&value).map_err(|error| LogCollectorError::Refused(error.to_string()))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

async fn read(mut answer: Response) -> Vec<u8> {
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        read.extend_from_slice(&chunk);
        if read.len() > LONGEST_ANSWER {
            break;
        }
    }
    read
}

/// What a collector says of a batch that it took: OpenObserve or OTLP (`ExportLogsServiceResponse`).
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    status: Vec<OfStream>,
    #[serde(default, rename = "partialSuccess")]
    partial_success: Option<PartialSuccess>,
}

/// OpenObserve's word about a stream.
#[derive(Deserialize)]
struct OfStream {
    #[serde(default)]
    failed: u64,
}

/// OTLP's word about a batch.
#[derive(Deserialize)]
struct PartialSuccess {
    #[serde(default, rename = "rejectedLogRecords")]
    rejected: Rejected,
}

/// A 64-bit number is text in the JSON of Protocol Buffers; not everybody knows.
#[derive(Deserialize)]
#[serde(untagged)]
enum Rejected {
    Text(String),
    Number(u64),
}

impl Default for Rejected {
    fn default() -> Self {
        Self::Number(0)
    }
}

/// How many lines were refused; none if the answer does not say.
fn refused(answer: &[u8]) -> u64 {
    let Ok(answer) = serde_json::from_slice::<Answer>(answer) else {
        return 0;
    };
    let of_streams = answer.status.iter().map(|stream| stream.failed);
    let of_batch = match answer.partial_success.map(|partial| partial.rejected) {
        None => 0,
        Some(Rejected::Number(number)) => number,
        Some(Rejected::Text(text)) => text.parse().unwrap_or_default(),
    };
    of_streams.fold(of_batch, u64::saturating_add)
}

/// What lies beneath says more than "error sending request".
fn root(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collectors_of_both_kinds_say_what_they_refused_and_others_say_nothing() {
        for (answer, expected) in [
            (
                r#"{"code":200,"status":[{"name":"mainstay","successful":3,"failed":2}]}"#,
                2,
            ),
            (
                r#"{"code":200,"status":[{"failed":2},{"failed":1},{"successful":1}]}"#,
                3,
            ),
            (
                r#"{"partialSuccess":{"rejectedLogRecords":"5","errorMessage":"too old"}}"#,
                5,
            ),
            (r#"{"partialSuccess":{"rejectedLogRecords":5}}"#, 5),
            (r#"{"partialSuccess":{"errorMessage":"a word of advice"}}"#, 0),
            (r#"{"partialSuccess":null}"#, 0),
            (r#"{"partialSuccess":{}}"#, 0),
            ("{}", 0),
            ("", 0),
            ("<html>", 0),
            (r#"{"status":"ok"}"#, 0),
        ] {
            assert_eq!(refused(answer.as_bytes()), expected, "{answer}");
        }
    }
}
