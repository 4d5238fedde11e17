//! What an account can prove besides its first factor.

use mainstay_domain::{
    Passkey, PasskeyId, Principal, RoleName, SecondFactorKind, TokenPurpose, TotpFactor, TotpFactorId, User,
    UserId,
};
use mainstay_repositories::{Repositories, Result};

use crate::auth::{AuthError, AuthService, sessions::session_of};

/// The second factors of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Factors {
    /// Confirmed authenticator apps, oldest first.
    pub totp: Vec<TotpFactor>,
    /// Passkeys, oldest first.
    pub passkeys: Vec<Passkey>,
    /// Recovery codes left.
    pub recovery_codes: u64,
}

impl Factors {
    /// Reads the factors of a user.
    pub(in crate::auth) async fn of(store: &dyn Repositories, user: UserId) -> Result<Self> {
        let mut totp = store.totp_factors().list(user).await?;
        totp.retain(|factor| factor.confirmed_at.is_some());
        let passkeys = store.passkeys().list(user).await?;
        let enabled = !totp.is_empty() || !passkeys.is_empty();
        let recovery_codes = if enabled {
            store.recovery_codes().count(user).await?
        } else {
            0
        };
        Ok(Self {
            totp,
            passkeys,
            recovery_codes,
        })
    }

    /// Whether a second factor is asked for. Recovery codes alone are none: they stand in for
    /// one that was lost.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        !self.totp.is_empty() || !self.passkeys.is_empty()
    }

    /// What can be proved, in the order to offer it.
    #[must_use]
    pub fn kinds(&self) -> Vec<SecondFactorKind> {
        let has = |kind: &SecondFactorKind| match kind {
            SecondFactorKind::Passkey => !self.passkeys.is_empty(),
            SecondFactorKind::Totp => !self.totp.is_empty(),
            SecondFactorKind::RecoveryCode => self.is_enabled() && self.recovery_codes > 0,
        };
        SecondFactorKind::ALL.into_iter().filter(has).collect()
    }

    /// How many there are, recovery codes aside.
    pub(in crate::auth) fn count(&self) -> usize {
        self.totp.len() + self.passkeys.len()
    }

    pub(in crate::auth) fn has_totp(&self, id: TotpFactorId) -> bool {
        self.totp.iter().any(|factor| factor.id == id)
    }

    pub(in crate::auth) fn has_passkey(&self, id: PasskeyId) -> bool {
        self.passkeys.iter().any(|passkey| passkey.id == id)
    }
}

impl AuthService {
    /// The second factors a user can prove, in the order to offer them; none if one factor
    /// is enough.
    pub(in crate::auth) async fn second_factors(
        &self,
        store: &dyn Repositories,
        user: &User,
    ) -> std::result::Result<Vec<SecondFactorKind>, AuthError> {
        Ok(Factors::of(store, user.id).await?.kinds())
    }

    /// Whether one of these roles may be used only with a second factor.
    pub(in crate::auth) fn requires_second_factor(&self, roles: &[RoleName]) -> bool {
        let demanding = &self.settings.mfa_required_for_roles;
        roles.iter().any(|role| demanding.contains(role))
    }

    /// Whether the caller has proved a second factor, if their account has one.
    pub(in crate::auth) async fn is_fully_proved(
        &self,
        caller: &Principal,
    ) -> std::result::Result<bool, AuthError> {
        if session_of(caller)?.methods.is_multi_factor() {
            return Ok(true);
        }
        let factors = Factors::of(self.ports.store.read(), caller.user.id).await?;
        Ok(!factors.is_enabled())
    }
}

/// Takes every second factor from a user, and whatever waits for one.
pub(crate) async fn forget_factors(unit: &dyn Repositories, user: UserId) -> Result<()> {
    unit.totp_factors().delete_all(user).await?;
    unit.passkeys().delete_all(user).await?;
    unit.recovery_codes().delete_all(user).await?;
    for purpose in [
        TokenPurpose::MfaLogin,
        TokenPurpose::PasskeyLogin,
        TokenPurpose::PasskeyRegistration,
    ] {
        unit.one_time_tokens().delete_for_user(user, purpose).await?;
    }
    Ok(())
}
