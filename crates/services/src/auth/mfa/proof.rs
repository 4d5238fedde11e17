//! Proving a second factor.

use mainstay_domain::{
    AuditEvent, AuditKind, Origin, RecoveryCode, SecondFactorKind, TokenHash, TotpCode, TotpFactorId,
    TotpStep, User,
};
use mainstay_repositories::UnitOfWork;

use super::{Factors, recovery_codes::hash_of_code, totp::matching_step};
use crate::{
    auth::{AuthError, AuthService, passkeys::JudgedPasskey},
    mail::{Mail, MailTemplate},
    ports::AssertionResponse,
};

/// From so few codes on their owner is told to make new ones.
const FEW_CODES: u64 = 3;

/// What somebody gives to prove a second factor.
#[derive(Debug, Clone)]
pub enum SecondFactorProof {
    /// What an authenticator app shows.
    Totp(TotpCode),
    /// One of the recovery codes.
    RecoveryCode(RecoveryCode),
    /// A passkey.
    Passkey(AssertionResponse),
}

impl SecondFactorProof {
    /// Which factor it is about.
    #[must_use]
    pub fn kind(&self) -> SecondFactorKind {
        match self {
            Self::Totp(_) => SecondFactorKind::Totp,
            Self::RecoveryCode(_) => SecondFactorKind::RecoveryCode,
            Self::Passkey(_) => SecondFactorKind::Passkey,
        }
    }
}

/// A proof that was judged but not used up yet.
pub(super) struct JudgedProof {
    pub(super) kind: SecondFactorKind,
    what: Judged,
    /// Where guesses were counted.
    throttle: Option<String>,
}

enum Judged {
    Totp(TotpFactorId, TotpStep),
    RecoveryCode(TokenHash),
    Passkey(Box<JudgedPasskey>),
}

impl AuthService {
    /// Judges a proof. Guesses are counted before they are judged, so that a hundred at once
    /// are a hundred. A passkey must answer a challenge that is bound to `binding`.
    ///
    /// # Errors
    /// `WrongCode`, `PasskeyRefused`, `Throttled`, `Failure`.
    pub(super) async fn judge(
        &self,
        user: &User,
        (proof, binding): (SecondFactorProof, &str),
        origin: &Origin,
    ) -> Result<JudgedProof, AuthError> {
        let kind = proof.kind();
        let (what, throttle) = match proof {
            SecondFactorProof::Totp(code) => {
                let throttle = self.count_guess(user, origin).await?;
                (self.judge_totp(user, code).await?, throttle)
            }
            SecondFactorProof::Passkey(response) => {
                (self.judge_own_passkey(user, &response, binding).await?, None)
            }
            // Nobody guesses 120 bits, so that owners get in this way whoever guesses at them.
            SecondFactorProof::RecoveryCode(code) => {
                (Some(Judged::RecoveryCode(hash_of_code(user.id, &code))), None)
            }
        };
        match what {
            Some(what) => Ok(JudgedProof { kind, what, throttle }),
            None => Err(self.unproved(user, kind, origin).await?),
        }
    }

    async fn count_guess(&self, user: &User, origin: &Origin) -> Result<Option<String>, AuthError> {
        let counted = self.count_code_guess(user, origin).await;
        if matches!(counted, Err(AuthError::Throttled { .. })) {
            let event = self.event(AuditKind::LoginThrottled, Some(user.id), origin);
            self.append(event).await?;
        }
        counted
    }

    async fn judge_own_passkey(
        &self,
        user: &User,
        response: &AssertionResponse,
        binding: &str,
    ) -> Result<Option<Judged>, AuthError> {
        match self.judge_passkey(response, Some((user.id, binding))).await {
            Ok(judged) => Ok(Some(Judged::Passkey(Box::new(judged)))),
            Err(AuthError::PasskeyRefused) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn judge_totp(&self, user: &User, code: TotpCode) -> Result<Option<Judged>, AuthError> {
        let now = self.now();
        let factors = Factors::of(self.ports.store.read(), user.id).await?;
        for factor in &factors.totp {
            let secret = self.open_secret(factor)?;
            if let Some(step) = matching_step(&secret, code, now) {
                return Ok(Some(Judged::Totp(factor.id, step)));
            }
        }
        Ok(None)
    }

    /// Uses a judged proof up in a unit of work. Of any number of calls with one code or
    /// passkey use exactly one is told `true`; after `false` the unit of work must be dropped.
    pub(super) async fn use_up(
        &self,
        unit: &dyn UnitOfWork,
        user: &User,
        proof: &JudgedProof,
        origin: &Origin,
    ) -> Result<bool, AuthError> {
        let now = self.now();
        let used = match &proof.what {
            Judged::Totp(id, step) => unit.totp_factors().use_step(*id, *step, now).await?,
            Judged::RecoveryCode(hash) => unit.recovery_codes().consume(user.id, hash).await?,
            Judged::Passkey(judged) => self.record_passkey(unit, judged).await?,
        };
        if !used {
            return Ok(false);
        }
        if let Some(key) = &proof.throttle {
            unit.throttles().clear(key).await?;
        }
        if proof.kind == SecondFactorKind::RecoveryCode {
            self.tell_of_recovery(unit, user, origin).await?;
        }
        Ok(true)
    }

    /// Its owner should know that a code was used, and how many are left (ASVS 5.0 6.3.7).
    async fn tell_of_recovery(
        &self,
        unit: &dyn UnitOfWork,
        user: &User,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let remaining = unit.recovery_codes().count(user.id).await?;
        let event = self.event(AuditKind::RecoveryCodeUsed, Some(user.id), origin);
        unit.audit_events().append(&event).await?;
        let template = if remaining <= FEW_CODES {
            MailTemplate::RECOVERY_CODES_LOW
        } else {
            MailTemplate::RECOVERY_CODE_USED
        };
        let mail = Mail::to_user(user, template).value("remaining", remaining);
        self.ports.mail.enqueue(unit, &mail, None, origin).await?;
        Ok(())
    }

    /// The refusal of a proof that was right but is used up: a code that was seen before, or a
    /// passkey whose count went back.
    pub(super) async fn used_before(
        &self,
        user: &User,
        proof: &JudgedProof,
        origin: &Origin,
    ) -> Result<AuthError, AuthError> {
        if let Judged::Passkey(judged) = &proof.what {
            self.suspect_copy(judged, origin).await?;
        }
        self.unproved(user, proof.kind, origin).await
    }

    /// The refusal, with its entry in the audit log.
    async fn unproved(
        &self,
        user: &User,
        kind: SecondFactorKind,
        origin: &Origin,
    ) -> Result<AuthError, AuthError> {
        let event = AuditEvent {
            detail: Some(kind.to_string()),
            ..self.event(AuditKind::SecondFactorFailed, Some(user.id), origin)
        };
        self.append(event).await?;
        Ok(match kind {
            SecondFactorKind::Passkey => AuthError::PasskeyRefused,
            SecondFactorKind::Totp | SecondFactorKind::RecoveryCode => AuthError::WrongCode,
        })
    }
}
