//! Adding a passkey to one's account.

use mainstay_domain::{
    AuthMethod, FactorName, Origin, Passkey, PasskeyId, Principal, RecoveryCode, TokenPurpose,
};
use mainstay_repositories::{RepositoryError, constraint};

use super::{PasskeyChallenge, PasskeyOffer, session_binding};
use crate::{
    auth::{AuthError, AuthService, Factors, sessions::session_of},
    ports::{RegistrationResponse, VerifiedRegistration},
};

/// Most passkeys of an account.
const MAX_PASSKEYS: usize = 20;
/// Ways to an authenticator that are remembered; browsers use them as hints.
const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/// What a browser made for the caller.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// What to call it.
    pub name: FactorName,
    /// What the authenticator made.
    pub response: RegistrationResponse,
    /// Ways to reach it, as the browser names them; unknown ones are dropped.
    pub transports: Vec<String>,
}

/// A passkey that was added.
#[derive(Debug, Clone)]
pub struct RegisteredPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Recovery codes, if it is the first factor of the account.
    pub recovery_codes: Option<Vec<RecoveryCode>>,
}

impl AuthService {
    /// Asks for a new passkey; those the caller has are not to be made again.
    ///
    /// # Errors
    /// `SessionRequired`, `TooManyFactors`, `Failure`.
    #[tracing::instrument(name = "auth.offer_passkey_registration", skip_all)]
    pub async fn offer_passkey_registration(&self, caller: &Principal) -> Result<PasskeyOffer, AuthError> {
        let session = session_of(caller)?.id;
        let allowed = self.ports.store.read().passkeys().list(caller.user.id).await?;
        if allowed.len() >= MAX_PASSKEYS {
            return Err(AuthError::TooManyFactors);
        }
        let purpose = TokenPurpose::PasskeyRegistration;
        let challenge: PasskeyChallenge = self
            .new_challenge(purpose, Some(caller.user.id), Some(session_binding(session)))
            .await?;
        Ok(PasskeyOffer {
            challenge,
            allowed,
            verify_user: false,
        })
    }

    /// The algorithms that passkeys may use, as COSE numbers, best first.
    #[must_use]
    pub fn passkey_algorithms(&self) -> Vec<i64> {
        self.ports.passkeys.algorithms()
    }

    /// Adds a passkey. With the first factor of an account come its recovery codes, and its
    /// other sessions end.
    ///
    /// # Errors
    /// `PasskeyRefused`, `PasskeyTaken`, `TooManyFactors`, `Failure`.
    #[tracing::instrument(name = "auth.register_passkey", skip_all)]
    pub async fn register_passkey(
        &self,
        caller: &Principal,
        new: NewPasskey,
        origin: &Origin,
    ) -> Result<RegisteredPasskey, AuthError> {
        let session = session_of(caller)?.id;
        let purpose = TokenPurpose::PasskeyRegistration;
        let (challenge, token) = self.use_challenge(purpose, &new.response.client_data).await?;
        let asked = (token.user_id, token.payload) == (Some(caller.user.id), Some(session_binding(session)));
        if !asked {
            return Err(AuthError::PasskeyRefused);
        }
        let verified = self
            .ports
            .passkeys
            .verify_registration(&challenge, &new.response)
            .map_err(|error| {
                tracing::info!(%error, "a passkey was refused");
                AuthError::PasskeyRefused
            })?;
        let passkey = self.passkey(caller, new, verified);
        self.keep(caller, passkey, origin).await
    }

    async fn keep(
        &self,
        caller: &Principal,
        passkey: Passkey,
        origin: &Origin,
    ) -> Result<RegisteredPasskey, AuthError> {
        let unit = self.ports.store.begin().await?;
        unit.users().lock(caller.user.id).await?;
        let before = Factors::of(&*unit, caller.user.id).await?;
        if before.passkeys.len() >= MAX_PASSKEYS {
            return Err(AuthError::TooManyFactors);
        }
        unit.passkeys().insert(&passkey).await.map_err(taken)?;
        let recovery_codes = self
            .welcome_factor(&*unit, (caller, AuthMethod::Passkey), &before, origin)
            .await?;
        unit.commit().await?;
        self.ports.principals.forget_user(caller.user.id);
        Ok(RegisteredPasskey {
            passkey,
            recovery_codes,
        })
    }

    fn passkey(&self, caller: &Principal, new: NewPasskey, verified: VerifiedRegistration) -> Passkey {
        let now = self.now();
        let mut transports = new.transports;
        transports.retain(|transport| TRANSPORTS.contains(&transport.as_str()));
        transports.sort();
        transports.dedup();
        Passkey {
            id: PasskeyId(self.ports.entropy.id(now)),
            user_id: caller.user.id,
            name: new.name,
            credential_id: new.response.credential_id,
            public_key: verified.public_key,
            sign_count: verified.sign_count,
            transports: transports.join(","),
            backup_eligible: verified.backup_eligible,
            backed_up: verified.backed_up,
            passwordless: true,
            created_at: now,
            last_used_at: None,
        }
    }
}

fn taken(error: RepositoryError) -> AuthError {
    if error.is_conflict(constraint::PASSKEYS_CREDENTIAL) {
        AuthError::PasskeyTaken
    } else {
        error.into()
    }
}
