//! Proving again who one is.

use mainstay_domain::{AuditKind, AuthMethod, AuthMethods, Origin, Password, Principal, SecondFactorKind};

use super::{Factors, SecondFactorProof};
use crate::auth::{
    AuthError, AuthService, Counted, NamedQuota, passkeys::session_binding, sessions::session_of,
};

/// What the caller gives to prove who they are.
#[derive(Debug, Clone, Default)]
pub struct Reauthenticate {
    /// The password.
    pub password: Option<Password>,
    /// A second factor.
    pub second_factor: Option<SecondFactorProof>,
}

impl AuthService {
    /// Renews the time at which the caller last proved who they are. The password is enough
    /// for an account with one factor; an account that has a second one must prove that. Tells
    /// what is left of the tries, too.
    ///
    /// # Errors
    /// `WrongPassword`, `SecondFactorRequired`, `WrongCode`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.reauthenticate", skip_all)]
    pub async fn reauthenticate(
        &self,
        caller: &Principal,
        given: Reauthenticate,
        origin: &Origin,
    ) -> Counted<()> {
        let password = given.password.is_some();
        let kind = given.second_factor.as_ref().map(SecondFactorProof::kind);
        let outcome = self.prove_again(caller, given, origin).await;
        let left = self.left_of(caller, (password, kind), origin).await;
        Counted { outcome, left }
    }

    /// What is left of what these proofs were counted among.
    async fn left_of(
        &self,
        caller: &Principal,
        (password, kind): (bool, Option<SecondFactorKind>),
        origin: &Origin,
    ) -> Result<Vec<NamedQuota>, AuthError> {
        let mut left = Vec::new();
        if password {
            left.extend(self.proof_quota(caller, origin).await?);
        }
        if kind == Some(SecondFactorKind::Totp) {
            left.extend(self.code_quota(&caller.user, origin).await?);
        }
        Ok(left)
    }

    async fn prove_again(
        &self,
        caller: &Principal,
        given: Reauthenticate,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let factors = Factors::of(self.ports.store.read(), caller.user.id).await?;
        let mut methods = session_of(caller)?.methods;
        if factors.is_enabled() && given.second_factor.is_none() {
            return Err(AuthError::SecondFactorRequired);
        }
        if let Some(password) = &given.password {
            let failed = AuditKind::ReauthenticationFailed;
            self.prove_current(caller, password, (failed, origin)).await?;
            methods = methods.with(AuthMethod::Password);
        } else if !factors.is_enabled() {
            return Err(AuthError::WrongPassword);
        }
        self.renew(caller, methods, given.second_factor, origin).await
    }

    async fn renew(
        &self,
        caller: &Principal,
        mut methods: AuthMethods,
        second: Option<SecondFactorProof>,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let session = session_of(caller)?.id;
        let judged = match second {
            Some(proof) => {
                let binding = session_binding(session);
                Some(self.judge(&caller.user, (proof, &binding), origin).await?)
            }
            None => None,
        };
        let unit = self.ports.store.begin().await?;
        unit.users().lock(caller.user.id).await?;
        if let Some(judged) = &judged {
            if !self.use_up(&*unit, &caller.user, judged, origin).await? {
                drop(unit);
                return Err(self.used_before(&caller.user, judged, origin).await?);
            }
            methods = methods.with(judged.kind.method());
        }
        unit.sessions()
            .reauthenticate(session, methods, self.now())
            .await?;
        let event = self.own_event(AuditKind::Reauthenticated, caller, origin);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.ports.principals.forget_session(session);
        Ok(())
    }
}
