//! What the configuration says, as the parts of the server want to hear it.

use std::{num::NonZero, thread, time::Duration};

use chrono::TimeDelta;
use mainstay_adapters::{HasherSettings, WebauthnSettings};
use mainstay_api::{
    BodyLimit, HttpSettings,
    extract::{CursorKey, TrustedProxies},
    middleware::BodyRate,
};
use mainstay_domain::{RoleName, ThrottlePolicy};
use mainstay_services::{
    auth::{AuthSettings, RefreshKey, RegistrationMode, ThrottleSettings},
    ports::RelyingParty,
    privacy::PrivacySettings,
};
use secrecy::SecretString;
use url::Url;

use crate::{
    config::{Config, HashingConfig, Registration, SECOND_FACTOR_MEMORY, ThrottleConfig},
    safeguards, telemetry,
    wiring::{ENROLMENT_TTL, LOGIN_CHALLENGES, key_for},
};

/// Browsers insist on HTTPS for two years, as the preload list asks for.
const HSTS_MAX_AGE: Duration = Duration::from_secs(2 * 365 * 86_400);

pub(crate) fn privacy_settings(config: &Config) -> PrivacySettings {
    PrivacySettings {
        deletion_grace: TimeDelta::days(i64::from(config.users.delete_grace_days)),
        exports: config.throttle.enabled.then_some(PrivacySettings::EXPORTS),
    }
}

/// With `threads` at 0 one core is left to those who are logged in.
pub(crate) fn hasher_settings(config: &HashingConfig) -> HasherSettings {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    HasherSettings {
        memory_kib: config.memory_kib,
        iterations: config.iterations,
        parallelism: config.parallelism,
        threads: if config.threads == 0 {
            cores.max(2) - 1
        } else {
            config.threads
        },
        queue: config.queue,
    }
}

pub(crate) fn auth_settings(config: &Config, secret: &SecretString) -> anyhow::Result<AuthSettings> {
    let auth = &config.auth;
    Ok(AuthSettings {
        registration: match auth.registration {
            Registration::Open => RegistrationMode::Open,
            Registration::Verified => RegistrationMode::Verified,
            Registration::Invite => RegistrationMode::Invite,
            Registration::Closed => RegistrationMode::Closed,
        },
        require_verified_email: auth.require_verified_email,
        access_ttl: TimeDelta::from_std(auth.access_token_ttl)?,
        refresh_idle_ttl: TimeDelta::from_std(auth.refresh_idle_ttl)?,
        refresh_absolute_ttl: TimeDelta::from_std(auth.refresh_absolute_ttl)?,
        replay_window: TimeDelta::from_std(auth.refresh_replay_window)?,
        mfa_login_ttl: TimeDelta::minutes(5),
        link_ttl: TimeDelta::from_std(auth.link_ttl)?,
        code_ttl: TimeDelta::from_std(auth.code_ttl)?,
        invitation_ttl: TimeDelta::from_std(auth.invitation_ttl)?,
        mail_sign_in: auth.mail_sign_in,
        public_url: config.server.public_url(config.server.port),
        enrolment_ttl: TimeDelta::from_std(ENROLMENT_TTL)?,
        step_up_max_age: TimeDelta::from_std(auth.step_up_max_age)?,
        mfa_required_for_roles: roles(&auth.mfa_required_for_roles)?,
        display_name: auth.display_name.clone(),
        first_admin_ttl: TimeDelta::from_std(auth.first_admin_link_ttl)?,
        refresh_key: RefreshKey(key_for(secret, "refresh tokens")),
        throttle: ThrottleSettings {
            challenge: safeguards::challenge(&config.throttle, key_for(secret, LOGIN_CHALLENGES))?,
            ..throttle_settings(&config.throttle)?
        },
    })
}

/// Without a public URL pages are those of this machine: browsers take `localhost` for a domain,
/// and no address.
pub(crate) fn webauthn_settings(config: &Config) -> WebauthnSettings {
    let local = format!("http://localhost:{}", config.server.port);
    let public = config.server.public_url.as_deref().unwrap_or(&local);
    let url = Url::parse(public).ok();
    let host = url.as_ref().and_then(Url::domain).unwrap_or("localhost");
    let origin = url
        .as_ref()
        .map_or(local.clone(), |url| url.origin().ascii_serialization());
    let passkeys = &config.passkeys;
    WebauthnSettings {
        relying_party: RelyingParty {
            id: passkeys.domain.clone().unwrap_or_else(|| host.to_owned()),
            name: config.auth.display_name.clone(),
        },
        origins: if passkeys.origins.is_empty() {
            vec![origin]
        } else {
            passkeys.origins.clone()
        },
    }
}

fn roles(names: &[String]) -> anyhow::Result<Vec<RoleName>> {
    let parsed = names.iter().map(|name| RoleName::parse(name));
    Ok(parsed.collect::<Result<_, _>>()?)
}

pub(crate) fn throttle_settings(config: &ThrottleConfig) -> anyhow::Result<ThrottleSettings> {
    let base_delay = TimeDelta::from_std(config.base_delay)?;
    let forget_after = TimeDelta::from_std(config.forget_after)?;
    let policy = |free_tries, max_delay| -> anyhow::Result<ThrottlePolicy> {
        Ok(ThrottlePolicy {
            free_tries,
            base_delay,
            max_delay: TimeDelta::from_std(max_delay)?,
            forget_after,
        })
    };
    Ok(ThrottleSettings {
        enabled: config.enabled,
        account: policy(config.account_free_tries, config.account_max_delay)?,
        account_anywhere: policy(config.anywhere_free_tries, config.anywhere_max_delay)?,
        address: policy(config.address_free_tries, config.address_max_delay)?,
        network_factor: config.network_factor,
        registration: policy(config.register_free_tries, config.register_max_delay)?,
        challenge: None,
        mail: policy(config.mail_free_tries, config.mail_max_delay)?,
        second_factor: ThrottlePolicy {
            forget_after: TimeDelta::from_std(SECOND_FACTOR_MEMORY)?,
            ..policy(config.second_factor_free_tries, config.second_factor_max_delay)?
        },
    })
}

pub(crate) fn http_settings(config: &Config, secret: &SecretString) -> anyhow::Result<HttpSettings> {
    let server = &config.server;
    let proxies = TrustedProxies::parse(&server.trusted_proxies).map_err(anyhow::Error::msg)?;
    Ok(HttpSettings {
        cors_origins: server.cors_origins.clone(),
        cookie_mode: safeguards::cookie_mode(&config.auth, server),
        trusted_proxies: proxies,
        body_limit: BodyLimit(server.body_limit),
        body_rate: BodyRate(server.min_body_rate),
        request_timeout: server.request_timeout,
        hsts: (server.hsts && server.is_https()).then_some(HSTS_MAX_AGE),
        docs_enabled: server.docs_enabled && server.management_port.is_none(),
        metrics_enabled: server.metrics_enabled && server.management_port.is_none(),
        cursor_key: CursorKey::new(&key_for(secret, "list cursors")),
        front_end_url: config.auth.front_end_url.clone(),
        quiet_health: config.environment.is_production(),
        trace: telemetry::request_trace(&config.traces),
    })
}
