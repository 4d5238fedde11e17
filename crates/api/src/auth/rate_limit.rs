//! The `RateLimit` and `RateLimit-Policy` fields (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use mainstay_services::auth::{AuthError, NamedQuota};

use crate::error::ApiError;

/// The name under which a limit is told that has no counter of its own to show: how often others
/// tried is not for everybody to know.
const HIDDEN: &str = "service";

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Adds to an answer how many tries are left, whether it is a success or a refusal.
///
/// # Errors
/// What `answer` is an error with. That the counters cannot be read is none: the answer stands.
pub(super) fn tell(
    quotas: Result<Vec<NamedQuota>, AuthError>,
    answer: Result<HttpResponse, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let quotas = quotas.unwrap_or_else(|error| {
        tracing::warn!(%error, "what is left of a rate limit is not known");
        Vec::new()
    });
    if quotas.is_empty() {
        return answer;
    }
    match answer {
        Ok(mut response) => {
            write(response.headers_mut(), &quotas, None);
            Ok(response)
        }
        Err(error) => {
            let mut headers = HeaderMap::new();
            write(&mut headers, &quotas, error.retry_after_hint());
            Err(error.headers(headers))
        }
    }
}

fn write(headers: &mut HeaderMap, quotas: &[NamedQuota], refused_for: Option<Duration>) {
    let policies = list(quotas.iter().map(|NamedQuota { name, quota }| {
        format!("\"{name}\";q={};w={}", quota.limit, quota.window.num_seconds())
    }));
    let exhausted = quotas.iter().any(|named| named.quota.remaining == 0);
    let hidden = refused_for.filter(|_| !exhausted);
    let limits = list(
        quotas
            .iter()
            .map(|NamedQuota { name, quota }| item(name, quota.remaining, up(quota.reset)))
            .chain(hidden.map(|wait| item(HIDDEN, 0, wait.as_secs()))),
    );
    for (name, value) in [(RATE_LIMIT_POLICY, policies), (RATE_LIMIT, limits)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}

fn item(name: &str, remaining: u32, reset: u64) -> String {
    format!("\"{name}\";r={remaining};t={reset}")
}

/// A list of structured fields (RFC 9651 section 3.1).
fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// Whole seconds, rounded up, as `Retry-After` is.
fn up(span: chrono::Duration) -> u64 {
    span.num_milliseconds().max(0).unsigned_abs().div_ceil(1000)
}
