//! Wiring of what guards accounts: breached passwords, proofs of work, cookies for pages.

use std::sync::Arc;

use chrono::TimeDelta;
use mainstay_adapters::ZxcvbnPolicy;
#[cfg(feature = "breach-check")]
use mainstay_adapters::{BreachPolicy, RangeApi, RangeApiSettings};
use mainstay_api::CookieMode;
use mainstay_services::{auth::ChallengeSettings, ports::PasswordPolicy};
use url::Url;

use crate::config::{AuthConfig, ServerConfig, ThrottleConfig};

/// The bundled list always; breached passwords if the operator wants it.
pub(crate) fn password_policy(
    config: &AuthConfig,
    server: &ServerConfig,
) -> anyhow::Result<Arc<dyn PasswordPolicy>> {
    let bundled = ZxcvbnPolicy::new()
        .with_min_length(config.password_min_length)
        .with_words(forbidden_words(config, server));
    let bundled: Arc<dyn PasswordPolicy> = Arc::new(bundled);
    if !config.breach_check {
        return Ok(bundled);
    }
    with_breaches(config, bundled)
}

/// What everybody knows about this server: the operator's words first, as the list is cut.
fn forbidden_words(config: &AuthConfig, server: &ServerConfig) -> Vec<String> {
    let url = Url::parse(&server.public_url(server.port)).ok();
    let host = url.and_then(|url| url.host_str().map(str::to_owned));
    let mut words = config.forbidden_words.clone();
    words.push("mainstay".to_owned());
    words.extend(host);
    words
}

#[cfg(feature = "breach-check")]
fn with_breaches(
    config: &AuthConfig,
    bundled: Arc<dyn PasswordPolicy>,
) -> anyhow::Result<Arc<dyn PasswordPolicy>> {
    let api = RangeApi::new(&RangeApiSettings {
        url: config.breach_check_url.clone().unwrap_or_default(),
        timeout: config.breach_check_timeout,
    })?;
    Ok(Arc::new(BreachPolicy::new(bundled, Arc::new(api))))
}

#[cfg(not(feature = "breach-check"))]
fn with_breaches(_: &AuthConfig, _: Arc<dyn PasswordPolicy>) -> anyhow::Result<Arc<dyn PasswordPolicy>> {
    anyhow::bail!("auth.breach_check: this binary was built without the feature breach-check")
}

/// When a proof of work is asked for, if ever.
pub(crate) fn challenge(config: &ThrottleConfig, key: [u8; 32]) -> anyhow::Result<Option<ChallengeSettings>> {
    let settings = ChallengeSettings {
        after: config.challenge_after,
        bits: config.challenge_bits,
        ttl: TimeDelta::from_std(config.challenge_ttl)?,
        key,
    };
    Ok((config.challenge_after > 0).then_some(settings))
}

/// Which pages may keep their refresh token in a cookie, if any may.
pub(crate) fn cookie_mode(auth: &AuthConfig, server: &ServerConfig) -> Option<CookieMode> {
    let own = Url::parse(&server.public_url(server.port)).ok();
    let own = own.map(|url| url.origin().ascii_serialization());
    let origins = server.cors_origins.iter().cloned().chain(own).collect();
    auth.cookie_mode.then_some(CookieMode { origins })
}
