//! Breached passwords over the range API that Have I Been Pwned serves, and mirrors of it.
//!
//! Only the first five of forty hex digits of the password's SHA-1 leave the process
//! (k-anonymity); the answer holds hundreds of suffixes, and padding hides how many.

use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use mainstay_domain::Password;
use mainstay_services::ports::{BreachLookupError, BreachedPasswords};
use reqwest::{Client, Response, StatusCode, redirect::Policy};

/// An honest answer, padding included, is a twentieth of this.
const LONGEST_ANSWER: usize = 1 << 20;
/// Hex digits that are sent.
const PREFIX: usize = 5;

/// Where breached passwords are looked up.
#[derive(Debug, Clone)]
pub struct RangeApiSettings {
    /// Address of the service, without `/range/…`.
    pub url: String,
    /// Longest time a lookup may take.
    pub timeout: Duration,
}

/// Looks passwords up over a range API.
pub struct RangeApi {
    client: Client,
    ranges: String,
}

impl RangeApi {
    /// A client of the service; no connection is made yet.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(settings: &RangeApiSettings) -> Result<Self, BreachLookupError> {
        let client = Client::builder()
            .user_agent(concat!("mainstay/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .timeout(settings.timeout)
            .build()
            .map_err(failed)?;
        Ok(Self {
            client,
            ranges: format!("{}/range/", settings.url.trim_end_matches('/')),
        })
    }
}

#[async_trait]
impl BreachedPasswords for RangeApi {
    async fn contains(&self, password: &Password) -> Result<bool, BreachLookupError> {
        let hash = sha1_hex(password);
        let (prefix, suffix) = hash.split_at(PREFIX);
        let request = self.client.get(format!("{}{prefix}", self.ranges));
        let response = request
            .header("add-padding", "true")
            .send()
            .await
            .map_err(failed)?;
        if response.status() != StatusCode::OK {
            return Err(BreachLookupError(format!("the answer is {}", response.status())));
        }
        Ok(lists(&read(response).await?, suffix))
    }
}

async fn read(mut response: Response) -> Result<String, BreachLookupError> {
    let mut octets = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        octets.extend_from_slice(&chunk);
        if octets.len() > LONGEST_ANSWER {
            return Err(BreachLookupError("the answer is too long".to_owned()));
        }
    }
    String::from_utf8(octets).map_err(|_| BreachLookupError("the answer is no text".to_owned()))
}

/// Lines are `SUFFIX:COUNT`; those with a count of zero are padding.
fn lists(answer: &str, suffix: &str) -> bool {
    let found = answer.lines().find_map(|line| {
        let (listed, count) = line.trim().split_once(':')?;
        listed.eq_ignore_ascii_case(suffix).then_some(count)
    });
    found.is_some_and(|count| count.trim().parse::<u64>().is_ok_and(|count| count > 0))
}

fn sha1_hex(password: &Password) -> String {
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.expose().as_bytes());
    hash.as_ref().iter().map(|octet| format!("{octet:02X}")).collect()
}

/// Without the URL, which holds the prefix.
fn failed(error: reqwest::Error) -> BreachLookupError {
    BreachLookupError(error.without_url().to_string())
}

#[cfg(test)]
#[path = "range_api_tests.rs"]
mod tests;
