//! What is held about the ways in that an account has besides its password; no secret of them.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{ApiKey, Email, Identity, Page, PageRequest, Passkey, Permission, TotpFactor, UserId};
use mainstay_repositories::Store;
use serde_json::{Value, json};

use super::{
    PersonalData,
    sections::{map, only},
};
use crate::Failure;

/// Authenticator apps, those that were offered and never confirmed included.
pub(super) struct Factors(pub(super) Arc<dyn Store>);

#[async_trait]
impl PersonalData for Factors {
    fn section(&self) -> &'static str {
        "authenticator_apps"
    }

    async fn export(&self, user: UserId, _: &PageRequest) -> Result<Page<Value>, Failure> {
        let apps = self.0.read().totp_factors().list(user).await?;
        Ok(only(apps.iter().map(app).collect()))
    }
}

fn app(app: &TotpFactor) -> Value {
    json!({
        "id": app.id.uuid(),
        "name": app.name.as_str(),
        "created_at": app.created_at,
        "confirmed_at": app.confirmed_at,
        "last_used_at": app.last_used_at,
    })
}

/// How many recovery codes are left; nobody can tell the codes themselves.
pub(super) struct Codes(pub(super) Arc<dyn Store>);

#[async_trait]
impl PersonalData for Codes {
    fn section(&self) -> &'static str {
        "recovery_codes"
    }

    async fn export(&self, user: UserId, _: &PageRequest) -> Result<Page<Value>, Failure> {
        let left = self.0.read().recovery_codes().count(user).await?;
        let told = (left > 0).then(|| json!({ "remaining": left }));
        Ok(only(told.into_iter().collect()))
    }
}

/// Passkeys.
pub(super) struct Passkeys(pub(super) Arc<dyn Store>);

#[async_trait]
impl PersonalData for Passkeys {
    fn section(&self) -> &'static str {
        "passkeys"
    }

    async fn export(&self, user: UserId, _: &PageRequest) -> Result<Page<Value>, Failure> {
        let passkeys = self.0.read().passkeys().list(user).await?;
        Ok(only(passkeys.iter().map(passkey).collect()))
    }
}

fn passkey(passkey: &Passkey) -> Value {
    json!({
        "id": passkey.id.uuid(),
        "name": passkey.name.as_str(),
        "passwordless": passkey.passwordless,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
    })
}

/// API keys.
pub(super) struct ApiKeys(pub(super) Arc<dyn Store>);

#[async_trait]
impl PersonalData for ApiKeys {
    fn section(&self) -> &'static str {
        "api_keys"
    }

    async fn export(&self, user: UserId, page: &PageRequest) -> Result<Page<Value>, Failure> {
        let keys = self.0.read().api_keys().list(user, page).await?;
        Ok(map(keys, |key| api_key(&key)))
    }
}

fn api_key(key: &ApiKey) -> Value {
    json!({
        "id": key.id.uuid(),
        "name": key.name.as_str(),
        "scopes": key.scopes.iter().map(Permission::as_str).collect::<Vec<_>>(),
        "rate_limit": key.rate_limit,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.expires_at,
    })
}

/// Identities at other providers.
pub(super) struct Identities(pub(super) Arc<dyn Store>);

#[async_trait]
impl PersonalData for Identities {
    fn section(&self) -> &'static str {
        "identities"
    }

    async fn export(&self, user: UserId, _: &PageRequest) -> Result<Page<Value>, Failure> {
        let identities = self.0.read().identities().list(user).await?;
        Ok(only(identities.iter().map(identity).collect()))
    }
}

fn identity(identity: &Identity) -> Value {
    json!({
        "id": identity.id.uuid(),
        "provider": identity.provider.as_str(),
        "issuer": identity.key.issuer(),
        "subject": identity.key.subject(),
        "email": identity.email.as_ref().map(Email::as_str),
        "linked_at": identity.created_at,
        "last_used_at": identity.last_used_at,
    })
}
