//! Asking providers: short, bounded, and without following anybody anywhere.

use std::time::Duration;

use mainstay_services::ports::ProviderError;
use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use serde_json::Value;
use url::{Url, form_urlencoded::Serializer};

use crate::outgoing;

/// Discovery documents and key sets have some ten kilobytes.
const LONGEST_ANSWER: usize = 256 << 10;
/// A browser waits behind this.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client for providers.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    insecure: bool,
}

impl Http {
    /// `insecure` allows plain HTTP, for providers on a developer's machine.
    pub(super) fn new(insecure: bool) -> Result<Self, ProviderError> {
        let client = Client::builder()
            .user_agent(concat!("mainstay/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .https_only(!insecure)
            .timeout(PATIENCE)
            .build()
            .map_err(failed)?;
        Ok(Self { client, insecure })
    }

    /// Refuses addresses that a discovery document must not name.
    pub(super) fn endpoint(&self, raw: Option<&str>) -> Result<Url, ProviderError> {
        let url = raw.and_then(|raw| Url::parse(raw).ok());
        let usable = |url: &Url| url.scheme() == "https" || (self.insecure && url.scheme() == "http");
        url.filter(usable)
            .ok_or_else(|| unusable("an endpoint is missing or not https"))
    }

    /// Reads a JSON document; anything but a 200 is a failure.
    pub(super) async fn get(&self, url: &Url, token: Option<&str>) -> Result<Value, ProviderError> {
        let mut request = self.client.get(url.clone()).header("accept", "application/json");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let (status, body) = read(request).await?;
        if status != StatusCode::OK {
            return Err(unusable(&format!("an answer is {status}")));
        }
        body.ok_or_else(|| unusable("an answer is no JSON"))
    }

    /// Sends a form to a token endpoint. That it refuses what the browser brought is the
    /// browser's concern, everything else is ours.
    pub(super) async fn redeem(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<(&str, &str)>,
    ) -> Result<Value, ProviderError> {
        let mut request = self
            .client
            .post(url.clone())
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Serializer::new(String::new()).extend_pairs(form).finish());
        if let Some((name, secret)) = basic {
            request = request.basic_auth(encoded(name), Some(encoded(secret)));
        }
        let (status, body) = read(request).await?;
        let error = body
            .as_ref()
            .and_then(|body| body.get("error"))
            .and_then(Value::as_str);
        match error {
            Some("invalid_grant" | "bad_verification_code") => {
                Err(ProviderError::Refused("the code was refused".to_owned()))
            }
            Some(_) => Err(unusable("the token endpoint refuses this client or its request")),
            None if status == StatusCode::OK => body.ok_or_else(|| unusable("an answer is no JSON")),
            None => Err(unusable(&format!("the token endpoint's answer is {status}"))),
        }
    }
}

/// Name and secret are form-encoded before they are joined (RFC 6749 section 2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn read(request: RequestBuilder) -> Result<(StatusCode, Option<Value>), ProviderError> {
    let mut response = outgoing::send_built(request).await.map_err(failed)?;
    let status = response.status();
    let mut octets = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        octets.extend_from_slice(&chunk);
        if octets.len() > LONGEST_ANSWER {
            return Err(unusable("an answer is too long"));
        }
    }
    Ok((status, serde_json::from_slice(&octets).ok()))
}

pub(super) fn unusable(what: &str) -> ProviderError {
    ProviderError::Unavailable(what.to_owned())
}

/// Without the URL, which may hold more than logs should.
fn failed(error: reqwest::Error) -> ProviderError {
    ProviderError::Unavailable(error.without_url().to_string())
}
