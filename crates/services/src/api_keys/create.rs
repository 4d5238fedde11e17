//! Making an API key.

use std::fmt;

use mainstay_domain::{
    ApiKey, ApiKeyId, ApiKeyName, AuditKind, Origin, PermissionSet, Principal, Timestamp, truncate_to_micros,
};

use super::{ApiKeyError, ApiKeyService, service::refuse_key, token::KeyToken};
use crate::mail::{Mail, MailTemplate};

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// What to call it.
    pub name: ApiKeyName,
    /// The most it may ever do; the caller must hold all of it.
    pub scopes: PermissionSet,
    /// Requests a minute; none for the server's own limit.
    pub rate_limit: Option<i32>,
    /// When it stops working; none for as late as keys may.
    pub expires_at: Option<Timestamp>,
}

/// A key that was made, and the only copy of its secret.
pub struct SecretApiKey {
    /// The key as it is stored.
    pub key: ApiKey,
    /// What to send; it cannot be shown again.
    pub secret: String,
}

impl fmt::Debug for SecretApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretApiKey")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl ApiKeyService {
    /// Makes a key for the caller.
    ///
    /// # Errors
    /// `SessionRequired`, `UnknownScope`, `ScopeNotHeld`, `ExpiryPast`, `ExpiryTooLate`,
    /// `RateLimitTooHigh`, `TooMany`, `Failure`.
    #[tracing::instrument(name = "api_keys.create", skip_all)]
    pub async fn create(
        &self,
        caller: &Principal,
        new: NewApiKey,
        origin: &Origin,
    ) -> Result<SecretApiKey, ApiKeyError> {
        refuse_key(caller)?;
        self.refuse_scopes(caller, &new.scopes)?;
        self.refuse_rate_limit(new.rate_limit)?;
        let now = self.ports.clock.now();
        let id = ApiKeyId(self.ports.entropy.id(now));
        let token = KeyToken::new(id, &self.ports.entropy.secret());
        let key = ApiKey {
            id,
            user_id: caller.user.id,
            name: new.name,
            hash: token.hash(),
            scopes: new.scopes,
            rate_limit: new.rate_limit,
            created_at: now,
            last_used_at: None,
            expires_at: self.expiry(new.expires_at, now)?,
        };
        self.keep(caller, &key, origin).await?;
        Ok(SecretApiKey {
            key,
            secret: token.into_text(),
        })
    }

    async fn keep(&self, caller: &Principal, key: &ApiKey, origin: &Origin) -> Result<(), ApiKeyError> {
        let event = self.own_event(AuditKind::ApiKeyCreated, caller, key.id.to_string(), origin);
        let unit = self.ports.store.begin().await?;
        if !unit.api_keys().insert(key, self.settings.most).await? {
            return Err(ApiKeyError::TooMany);
        }
        unit.audit_events().append(&event).await?;
        let notice = Mail::to_user(&caller.user, MailTemplate::API_KEY_CREATED).value("key_name", &key.name);
        self.ports.mail.enqueue(&*unit, &notice, None, origin).await?;
        unit.commit().await?;
        Ok(())
    }

    /// A scope that its owner lacks would do nothing today and everything on the day they get the
    /// role, long after anybody thought about the key.
    fn refuse_scopes(&self, caller: &Principal, scopes: &PermissionSet) -> Result<(), ApiKeyError> {
        for scope in scopes {
            if !self.ports.roles.known().contains(scope) {
                return Err(ApiKeyError::UnknownScope(scope.clone()));
            }
            if !caller.may(scope) {
                return Err(ApiKeyError::ScopeNotHeld(scope.clone()));
            }
        }
        Ok(())
    }

    fn refuse_rate_limit(&self, own: Option<i32>) -> Result<(), ApiKeyError> {
        match own.map(u32::try_from) {
            None => Ok(()),
            Some(Ok(limit)) if (1..=self.settings.rate_limit).contains(&limit) => Ok(()),
            Some(_) => Err(ApiKeyError::RateLimitTooHigh),
        }
    }

    fn expiry(&self, asked: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, ApiKeyError> {
        let latest = self.settings.longest_life.map(|life| now + life);
        let end = asked.map(truncate_to_micros).or(latest);
        match (end, latest) {
            (Some(end), _) if end <= now => Err(ApiKeyError::ExpiryPast),
            (Some(end), Some(latest)) if end > latest => Err(ApiKeyError::ExpiryTooLate),
            (end, _) => Ok(end),
        }
    }
}
