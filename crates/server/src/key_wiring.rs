//! Building what deals with keys: of access tokens, and for programs.

use std::sync::Arc;

use chrono::TimeDelta;
use mainstay_adapters::{AesSealer, JwtSettings, JwtSigner};
use mainstay_domain::SigningAlgorithm;
use mainstay_services::{
    api_keys::{ApiKeyPorts, ApiKeyService, ApiKeySettings},
    ports::{KeyRing, Sealer},
    signing_keys::{SigningKeyPorts, SigningKeyService, SigningKeySettings},
};
use secrecy::SecretString;

use crate::{
    Context,
    config::Config,
    redis::Redis,
    wiring::{Shared, key_for},
};

/// Seals with a key derived from `SECRET_KEY`, and opens what was sealed under the one before.
pub(crate) fn sealer(config: &Config, secret: &SecretString) -> anyhow::Result<Arc<dyn Sealer>> {
    const PURPOSE: &str = "sealed secrets";
    let sealer = AesSealer::new(&key_for(secret, PURPOSE))?;
    Ok(match &config.auth.secret_key_previous {
        Some(previous) => Arc::new(sealer.with_retired(&key_for(previous, PURPOSE))?),
        None => Arc::new(sealer),
    })
}

/// Signs and verifies access tokens.
pub(crate) fn signer(config: &Config, secret: &SecretString) -> anyhow::Result<Arc<JwtSigner>> {
    const PURPOSE: &str = "access tokens";
    let auth = &config.auth;
    Ok(Arc::new(JwtSigner::new(JwtSettings {
        issuer: auth.issuer.clone(),
        audience: auth.audience.clone(),
        algorithm: algorithm(config)?,
        key: key_for(secret, PURPOSE),
        previous_key: auth
            .secret_key_previous
            .as_ref()
            .map(|previous| key_for(previous, PURPOSE)),
    })))
}

pub(crate) fn signing_key_service(
    context: &Context,
    ring: Arc<dyn KeyRing>,
) -> anyhow::Result<SigningKeyService> {
    let auth = &context.config.auth;
    let ports = SigningKeyPorts {
        store: Arc::clone(&context.store),
        sealer: Arc::clone(&context.sealer),
        ring,
        clock: Arc::clone(&context.clock),
        entropy: Arc::clone(&context.entropy),
    };
    let settings = SigningKeySettings {
        algorithm: algorithm(&context.config)?,
        publish_for: TimeDelta::from_std(auth.signing_key_publication)?,
        token_life: TimeDelta::from_std(auth.access_token_ttl)?,
    };
    Ok(SigningKeyService::new(ports, settings))
}

pub(crate) fn api_key_service(
    context: &Context,
    shared: &Shared,
    redis: Option<&Redis>,
) -> anyhow::Result<ApiKeyService> {
    let auth = &context.config.auth;
    let ports = ApiKeyPorts {
        store: Arc::clone(&shared.store),
        principals: Arc::clone(&shared.principals),
        roles: Arc::clone(&shared.roles),
        mail: Arc::clone(&shared.mail),
        clock: Arc::clone(&shared.clock),
        entropy: Arc::clone(&shared.entropy),
    };
    let longest_life = TimeDelta::from_std(auth.api_key_max_ttl)?;
    let settings = ApiKeySettings {
        most: auth.api_key_max_per_user,
        longest_life: (longest_life > TimeDelta::zero()).then_some(longest_life),
        keep_expired: TimeDelta::from_std(auth.api_key_keep_expired)?,
        rate_limit: auth.api_key_rate_limit,
    };
    let service = ApiKeyService::new(ports, settings);
    Ok(match redis {
        Some(redis) => service.with_shared_buckets(redis.buckets()),
        None => service,
    })
}

fn algorithm(config: &Config) -> anyhow::Result<SigningAlgorithm> {
    Ok(config.auth.algorithm.parse()?)
}
