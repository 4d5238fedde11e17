//! From an API key to a principal.

use std::sync::Arc;

use mainstay_domain::{ApiKey, ApiKeyId, PermissionSet, Principal, Timestamp, User};

use super::{ApiKeyError, ApiKeyService, token::KeyToken};

/// A use is noted if the last one that was written down is older than this.
const NOTE_AFTER: chrono::Duration = chrono::Duration::minutes(1);

impl ApiKeyService {
    /// Whether a bearer credential claims to be an API key, rather than an access token.
    #[must_use]
    pub fn claims(credential: &str) -> bool {
        KeyToken::is_claimed_by(credential)
    }

    /// Finds out for whom a program acts. What the key may do is what its scopes and its owner's
    /// roles have in common *now*; it is looked up, or remembered for at most a second.
    ///
    /// An unknown, a deleted and a wrong key cost the same: one statement, one hash.
    ///
    /// # Errors
    /// `InvalidKey`, `RateLimited`, `Failure`.
    pub async fn authenticate(&self, raw: &str) -> Result<Arc<Principal>, ApiKeyError> {
        let token = KeyToken::parse(raw).ok_or(ApiKeyError::InvalidKey)?;
        let now = self.ports.clock.now();
        let principal = match self.ports.principals.get(token.id.into()) {
            Some(principal) => principal,
            None => self.load(token.id).await?,
        };
        let key = principal.api_key().ok_or(ApiKeyError::InvalidKey)?;
        if !token.matches(&key.hash) || !key.is_alive(now) {
            return Err(ApiKeyError::InvalidKey);
        }
        // Only now: whoever knows the id alone must not be able to use the limit up.
        self.count(key, now).await?;
        Ok(principal)
    }

    async fn count(&self, key: &ApiKey, now: Timestamp) -> Result<(), ApiKeyError> {
        let own = key.rate_limit.and_then(|limit| u32::try_from(limit).ok());
        let limit = own.map_or(self.settings.rate_limit, |own| own.min(self.settings.rate_limit));
        match &self.shared {
            Some(shared) => shared.take(key.id, limit, now).await?,
            None => {
                let taken = self.meter.take(key.id, limit, now);
                taken.map_err(|retry_after| ApiKeyError::RateLimited { retry_after })?;
            }
        }
        if key.last_used_at.is_none_or(|last| now - last >= NOTE_AFTER) {
            self.meter.note(key.id, now);
        }
        Ok(())
    }

    async fn load(&self, id: ApiKeyId) -> Result<Arc<Principal>, ApiKeyError> {
        let ticket = self.ports.principals.ticket();
        let found = self.ports.store.read().api_keys().find_with_user(id).await?;
        let (key, user) = found.ok_or(ApiKeyError::InvalidKey)?;
        if !user.is_active() {
            return Err(ApiKeyError::InvalidKey);
        }
        let permissions = self.permissions(&key, &user).await?;
        let principal = Arc::new(Principal {
            user,
            credential: key.into(),
            permissions: Arc::new(permissions),
        });
        self.ports.principals.put(ticket, Arc::clone(&principal));
        Ok(principal)
    }

    async fn permissions(&self, key: &ApiKey, user: &User) -> Result<PermissionSet, ApiKeyError> {
        let granted = self.ports.roles.permissions_of(&user.roles).await?;
        Ok(granted.intersection(&key.scopes).cloned().collect())
    }
}
