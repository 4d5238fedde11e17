//! A collector of log lines, over HTTP: OpenObserve, or whatever takes OTLP.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use reqwest::{
    Client, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect::Policy,
};

/// An answer is read so far, so that its connection can be used again.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Where lines are collected. It shows nobody its password.
pub struct LogCollectorSettings {
    /// The address that takes batches.
    pub url: String,
    /// User name and password, for Basic authentication (RFC 7617).
    pub credentials: Option<(String, String)>,
    /// Longest time a batch may take.
    pub timeout: Duration,
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
            .default_headers(headers(settings.credentials)?)
            .build()
            .map_err(|error| LogCollectorError::Refused(error.to_string()))?;
        Ok(Self {
            client,
            url: settings.url,
        })
    }

    /// Sends one batch, a JSON document.
    ///
    /// # Errors
    /// [`LogCollectorError`] if it was not taken, and whether it is of use to try again.
    pub async fn send(&self, batch: Bytes) -> Result<(), LogCollectorError> {
        let answer = self.client.post(&self.url).body(batch).send().await;
        let answer = answer.map_err(|error| LogCollectorError::Temporary(root(&error.without_url())))?;
        let status = answer.status();
        drain(answer).await;
        if status.is_success() {
            return Ok(());
        }
        let told = format!("the answer is {status}");
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        if status.is_client_error() && !later.contains(&status) {
            return Err(LogCollectorError::Refused(told));
        }
        Err(LogCollectorError::Temporary(told))
    }
}

fn headers(credentials: Option<(String, String)>) -> Result<HeaderMap, LogCollectorError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some((name, password)) = credentials {
        let encoded = BASE64_STANDARD.encode(format!("{name}:{password}"));
        let mut value = HeaderValue::from_str(&format!("Basic {encoded}"))
            .map_err(|error| LogCollectorError::Refused(error.to_string()))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

async fn drain(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > LONGEST_ANSWER {
            return;
        }
    }
}

/// What lies beneath says more than "error sending request".
fn root(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
