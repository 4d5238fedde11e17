//! From the code that a front end got to tokens, which never stand in a URL.

use mainstay_domain::{Origin, TokenPurpose};

use super::{
    OauthError, OauthOutcome,
    begun::{Arrival, answers},
};
use crate::auth::AuthService;

impl AuthService {
    /// Finishes a login at a provider. If it was bound to a secret of the client, the secret
    /// must come along; a code is used up even if it does not.
    ///
    /// # Errors
    /// `CodeInvalid`, `EmailUnverified`, `IdentityTaken`, and as at every login
    /// `AccountDisabled`, `EmailNotVerified`, `RegistrationClosed`; `Failure`.
    #[tracing::instrument(name = "auth.oauth_exchange", skip_all)]
    pub async fn oauth_exchange(
        &self,
        code: &str,
        verifier: Option<&str>,
        origin: &Origin,
    ) -> Result<OauthOutcome, OauthError> {
        let arrival: Option<Arrival> = self.take_oauth(TokenPurpose::OauthCode, code).await?;
        let arrival = arrival.ok_or(OauthError::CodeInvalid)?;
        let bound = arrival.challenge.as_deref();
        if !bound.is_none_or(|challenge| answers(challenge, verifier)) {
            return Err(OauthError::CodeInvalid);
        }
        self.arrive(&arrival, origin).await
    }
}
