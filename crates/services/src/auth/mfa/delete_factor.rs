//! Giving a factor up.

use mainstay_domain::{AuditEvent, AuditKind, AuthMethod, Origin, PasskeyId, Principal, TotpFactorId};
use uuid::Uuid;

use super::{Factors, forget_factors};
use crate::{
    auth::{AuthError, AuthService, sessions::session_of},
    mail::{Mail, MailTemplate},
};

impl AuthService {
    /// Removes an authenticator app or a passkey of the caller. With the last one go the
    /// recovery codes, and the account is back to one factor: that happens only if the caller
    /// says that it is wanted, and never while a role of the account demands two.
    ///
    /// # Errors
    /// `FactorNotFound`, `LastFactor`, `MfaRequired`, `Failure`.
    #[tracing::instrument(name = "auth.delete_factor", skip_all)]
    pub async fn delete_factor(
        &self,
        caller: &Principal,
        (id, disable): (Uuid, bool),
        origin: &Origin,
    ) -> Result<(), AuthError> {
        session_of(caller)?;
        let user = &caller.user;
        let (app, passkey) = (TotpFactorId(id), PasskeyId(id));
        let unit = self.ports.store.begin().await?;
        // Of two factors given up at the same moment, one is seen to be the last.
        unit.users().lock(user.id).await?;
        let factors = Factors::of(&*unit, user.id).await?;
        let method = if factors.has_totp(app) {
            AuthMethod::Totp
        } else if factors.has_passkey(passkey) {
            AuthMethod::Passkey
        } else {
            return Err(AuthError::FactorNotFound);
        };
        if factors.count() == 1 {
            self.refuse_accident(caller, disable)?;
            forget_factors(&*unit, user.id).await?;
        } else {
            unit.totp_factors().delete(user.id, app).await?;
            unit.passkeys().delete(user.id, passkey).await?;
        }
        let event = AuditEvent {
            detail: Some(method.to_string()),
            ..self.own_event(AuditKind::FactorRemoved, caller, origin)
        };
        unit.audit_events().append(&event).await?;
        let mail = Mail::to_user(user, MailTemplate::MFA_DISABLED).value("method", method);
        self.ports.mail.enqueue(&*unit, &mail, None, origin).await?;
        unit.commit().await?;
        Ok(())
    }

    fn refuse_accident(&self, caller: &Principal, disable: bool) -> Result<(), AuthError> {
        if self.requires_second_factor(&caller.user.roles) {
            return Err(AuthError::MfaRequired);
        }
        if disable {
            Ok(())
        } else {
            Err(AuthError::LastFactor)
        }
    }
}
