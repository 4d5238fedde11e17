//! Seeing and giving up one's identities at other providers.

use mainstay_domain::{AuditEvent, AuditKind, Identity, IdentityId, Origin, Principal};
use mainstay_repositories::UnitOfWork;

use super::OauthError;
use crate::auth::{AuthService, sessions::session_of};

impl AuthService {
    /// The identities that open the caller's account, oldest first.
    ///
    /// # Errors
    /// `SessionRequired`, `Failure`.
    #[tracing::instrument(name = "auth.list_identities", skip_all)]
    pub async fn list_identities(&self, caller: &Principal) -> Result<Vec<Identity>, OauthError> {
        session_of(caller)?;
        Ok(self.ports.store.read().identities().list(caller.user.id).await?)
    }

    /// Takes an identity from the caller's account, unless nothing else opens it.
    ///
    /// # Errors
    /// `SessionRequired`; `IdentityNotFound` also if it is somebody else's; `LastSignInMethod`,
    /// `Failure`.
    #[tracing::instrument(name = "auth.unlink_identity", skip_all)]
    pub async fn unlink_identity(
        &self,
        caller: &Principal,
        id: IdentityId,
        origin: &Origin,
    ) -> Result<(), OauthError> {
        session_of(caller)?;
        let user = caller.user.id;
        let unit = self.ports.store.begin().await?;
        // Of two given up at the same moment, one is seen to be the last.
        unit.users().lock(user).await?;
        let identities = unit.identities().list(user).await?;
        let Some(identity) = identities.iter().find(|identity| identity.id == id) else {
            return Err(OauthError::IdentityNotFound);
        };
        if identities.len() == 1 && !self.opens_otherwise(&*unit, caller).await? {
            return Err(OauthError::LastSignInMethod);
        }
        if !unit.identities().delete(user, id).await? {
            return Err(OauthError::IdentityNotFound);
        }
        let event = AuditEvent {
            detail: Some(identity.provider.to_string()),
            ..self.own_event(AuditKind::IdentityUnlinked, caller, origin)
        };
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Whether something else than an identity opens the account.
    async fn opens_otherwise(&self, unit: &dyn UnitOfWork, caller: &Principal) -> Result<bool, OauthError> {
        let by_mail = self.settings.mail_sign_in && caller.user.email_verified;
        let user = caller.user.id;
        Ok(by_mail
            || unit.credentials().find(user).await?.is_some()
            || !unit.passkeys().list(user).await?.is_empty())
    }
}
