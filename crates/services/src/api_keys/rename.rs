//! Calling an API key something else.

use mainstay_domain::{ApiKey, ApiKeyId, ApiKeyName, AuditKind, Origin, Principal};

use super::{ApiKeyError, ApiKeyService};

impl ApiKeyService {
    /// Gives one of the caller's keys another name. What it may do never changes: whoever wants
    /// that makes a new key.
    ///
    /// # Errors
    /// `SessionRequired`; `NotFound` also if it is somebody else's; `Failure`.
    #[tracing::instrument(name = "api_keys.rename", skip_all)]
    pub async fn rename(
        &self,
        caller: &Principal,
        (id, name): (ApiKeyId, ApiKeyName),
        origin: &Origin,
    ) -> Result<ApiKey, ApiKeyError> {
        let key = self.get(caller, id).await?;
        let event = self.own_event(AuditKind::ApiKeyRenamed, caller, id.to_string(), origin);
        let unit = self.ports.store.begin().await?;
        if !unit.api_keys().rename(caller.user.id, id, &name).await? {
            return Err(ApiKeyError::NotFound);
        }
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_api_key(id);
        Ok(ApiKey { name, ..key })
    }
}
