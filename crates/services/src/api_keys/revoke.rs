//! Ending an API key.

use mainstay_domain::{ApiKeyId, AuditKind, Origin, Principal};

use super::{ApiKeyError, ApiKeyService, service::refuse_key};

impl ApiKeyService {
    /// Ends one of the caller's keys; it works no more, here at once and on other replicas within
    /// a second.
    ///
    /// # Errors
    /// `SessionRequired`; `NotFound` also if it is somebody else's; `Failure`.
    #[tracing::instrument(name = "api_keys.revoke", skip_all)]
    pub async fn revoke(&self, caller: &Principal, id: ApiKeyId, origin: &Origin) -> Result<(), ApiKeyError> {
        refuse_key(caller)?;
        let event = self.own_event(AuditKind::ApiKeyRevoked, caller, id.to_string(), origin);
        let unit = self.ports.store.begin().await?;
        unit.users().lock(caller.user.id).await?;
        if !unit.api_keys().delete(caller.user.id, id).await? {
            return Err(ApiKeyError::NotFound);
        }
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_api_key(id);
        Ok(())
    }
}
