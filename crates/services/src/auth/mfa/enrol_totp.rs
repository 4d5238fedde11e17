//! Offering an authenticator app its secret.

use mainstay_domain::{FactorName, Principal, SealedSecret, TotpFactor, TotpFactorId};

use super::{
    Factors,
    totp::{SECRET_LENGTH, base32, otpauth_uri},
};
use crate::auth::{AuthError, AuthService, sessions::session_of};

/// Most authenticator apps of an account; each further one is another secret to guess at.
pub(super) const MAX_APPS: usize = 5;

/// What an app needs to know. `Debug` shows no secret.
#[derive(Clone)]
pub struct TotpEnrolment {
    /// The app, not confirmed yet.
    pub factor: TotpFactor,
    /// The secret in base32, for whoever must type it.
    pub secret: String,
    /// The same as an address, for a QR code.
    pub uri: String,
}

impl std::fmt::Debug for TotpEnrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpEnrolment")
            .field("factor", &self.factor)
            .finish_non_exhaustive()
    }
}

impl AuthService {
    /// Makes a secret for an app. It counts for nothing until the app has shown that it works;
    /// apps that were offered before and never confirmed are forgotten.
    ///
    /// # Errors
    /// `TooManyFactors`, `Failure`.
    #[tracing::instrument(name = "auth.enrol_totp", skip_all)]
    pub async fn enrol_totp(&self, caller: &Principal, name: FactorName) -> Result<TotpEnrolment, AuthError> {
        session_of(caller)?;
        let factors = Factors::of(self.ports.store.read(), caller.user.id).await?;
        if factors.totp.len() >= MAX_APPS {
            return Err(AuthError::TooManyFactors);
        }
        let now = self.now();
        let id = TotpFactorId(self.ports.entropy.id(now));
        let random = self.ports.entropy.secret();
        let secret = &random[..SECRET_LENGTH];
        let factor = TotpFactor {
            id,
            user_id: caller.user.id,
            name,
            secret: SealedSecret(self.ports.sealer.seal(&purpose(id), secret)?),
            created_at: now,
            confirmed_at: None,
            last_step: None,
            last_used_at: None,
        };
        let unit = self.ports.store.begin().await?;
        unit.users().lock(caller.user.id).await?;
        unit.totp_factors().delete_unconfirmed(caller.user.id).await?;
        unit.totp_factors().insert(&factor).await?;
        unit.commit().await?;
        let shown = base32(secret);
        Ok(TotpEnrolment {
            factor,
            uri: otpauth_uri(&self.settings.display_name, caller.user.email.as_str(), &shown),
            secret: shown,
        })
    }

    /// The secret an app shares with the server.
    pub(super) fn open_secret(&self, factor: &TotpFactor) -> Result<Vec<u8>, AuthError> {
        Ok(self.ports.sealer.open(&purpose(factor.id), &factor.secret.0)?)
    }
}

/// A sealed secret opens for the row it was made for only.
fn purpose(id: TotpFactorId) -> String {
    format!("totp:{id}")
}
