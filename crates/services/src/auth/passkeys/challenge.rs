//! Challenges: random, for one ceremony, and dead after one attempt.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Duration;
use mainstay_domain::{OneTimeToken, TokenPurpose, UserId, truncate_to_micros};

use crate::{
    auth::{AuthError, AuthService, one_time_token::hash_of},
    ports::RelyingParty,
};

/// How long an authenticator has; WebAuthn recommends 5 minutes (section 15.1).
const LIFE: Duration = Duration::minutes(5);

/// A question for an authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyChallenge {
    /// 32 random octets, in base64url.
    pub challenge: String,
    /// On whose behalf it is asked.
    pub relying_party: RelyingParty,
    /// How long it is good for.
    pub life: Duration,
}

impl AuthService {
    /// A challenge for one purpose and, unless nobody is known yet, one user. `binding` is
    /// what it is bound to besides.
    pub(super) async fn new_challenge(
        &self,
        purpose: TokenPurpose,
        user: Option<UserId>,
        binding: Option<String>,
    ) -> Result<PasskeyChallenge, AuthError> {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(self.ports.entropy.secret());
        let now = self.now();
        let token = OneTimeToken {
            hash: hash_of(&challenge),
            purpose,
            user_id: user,
            created_at: now,
            expires_at: truncate_to_micros(now + LIFE),
            payload: binding,
            tries: 0,
        };
        self.ports.store.read().one_time_tokens().insert(&token).await?;
        Ok(PasskeyChallenge {
            challenge,
            relying_party: self.ports.passkeys.relying_party(),
            life: LIFE,
        })
    }

    /// Uses the challenge up that a browser's answer names, before anything in the answer is
    /// judged: whatever becomes of it, it is not accepted twice.
    pub(super) async fn use_challenge(
        &self,
        purpose: TokenPurpose,
        client_data: &[u8],
    ) -> Result<(Vec<u8>, OneTimeToken), AuthError> {
        let named = self.ports.passkeys.challenge_of(client_data);
        let challenge = named.ok_or(AuthError::PasskeyRefused)?;
        let hash = hash_of(&BASE64_URL_SAFE_NO_PAD.encode(&challenge));
        let tokens = self.ports.store.read().one_time_tokens();
        let token = tokens.consume(&hash, purpose, self.now()).await?;
        Ok((challenge, token.ok_or(AuthError::PasskeyRefused)?))
    }
}
