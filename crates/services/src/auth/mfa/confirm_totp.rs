//! An app's first code makes it a factor.

use mainstay_domain::{AuthMethod, Origin, Principal, RecoveryCode, TotpCode, TotpFactor, TotpFactorId};

use super::{Factors, enrol_totp::MAX_APPS, totp::matching_step};
use crate::auth::{AuthError, AuthService};

/// Which app, and what it shows.
#[derive(Debug, Clone)]
pub struct ConfirmTotp {
    /// The app.
    pub id: TotpFactorId,
    /// The code it shows.
    pub code: TotpCode,
}

impl AuthService {
    /// Makes a factor of an app by the code that it shows. With the first factor of an account
    /// come its recovery codes, and its other sessions end: nobody proved two factors in them.
    ///
    /// # Errors
    /// `FactorNotFound` also if it was confirmed before or offered too long ago; `WrongCode`,
    /// `TooManyFactors`, `Failure`.
    #[tracing::instrument(name = "auth.confirm_totp", skip_all)]
    pub async fn confirm_totp(
        &self,
        caller: &Principal,
        confirm: ConfirmTotp,
        origin: &Origin,
    ) -> Result<Option<Vec<RecoveryCode>>, AuthError> {
        let factor = self.offered(caller, confirm.id).await?;
        let now = self.now();
        let secret = self.open_secret(&factor)?;
        let step = matching_step(&secret, confirm.code, now).ok_or(AuthError::WrongCode)?;
        let unit = self.ports.store.begin().await?;
        unit.users().lock(caller.user.id).await?;
        let before = Factors::of(&*unit, caller.user.id).await?;
        if before.totp.len() >= MAX_APPS {
            return Err(AuthError::TooManyFactors);
        }
        if !unit.totp_factors().confirm(factor.id, step, now).await? {
            return Err(AuthError::FactorNotFound);
        }
        let codes = self
            .welcome_factor(&*unit, (caller, AuthMethod::Totp), &before, origin)
            .await?;
        unit.commit().await?;
        self.ports.principals.forget_user(caller.user.id);
        Ok(codes)
    }

    /// An app of the caller that was offered a moment ago.
    async fn offered(&self, caller: &Principal, id: TotpFactorId) -> Result<TotpFactor, AuthError> {
        let oldest = self.now() - self.settings.enrolment_ttl;
        let all = self
            .ports
            .store
            .read()
            .totp_factors()
            .list(caller.user.id)
            .await?;
        let mut open = all
            .into_iter()
            .filter(|factor| factor.confirmed_at.is_none() && factor.created_at > oldest);
        open.find(|factor| factor.id == id)
            .ok_or(AuthError::FactorNotFound)
    }
}
