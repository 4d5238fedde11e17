//! What comes back from a provider.

use chrono::Duration;
use mainstay_domain::{AuditEvent, AuditKind, Identity, Origin, TokenPurpose};

use super::{
    OauthError,
    begun::{Arrival, Begun, answers},
};
use crate::{
    auth::{AuthService, SignInOutcome},
    ports::{ProvedIdentity, Redemption},
};

/// Time to exchange a code: a front end does so at once.
const CODE_LIFE: Duration = Duration::minutes(1);

/// What a browser brings back from a provider.
#[derive(Clone, Default)]
pub struct ProviderAnswer {
    /// Which login it is about.
    pub state: String,
    /// What can be redeemed.
    pub code: Option<String>,
    /// Who says that they sent it (RFC 9207).
    pub issuer: Option<String>,
}

/// A login at a provider that is over, for a front end to be exchanged.
#[derive(Clone)]
pub struct OauthCode {
    /// Works once.
    pub code: String,
    /// Its life.
    pub expires_in: Duration,
}

/// What came of a login at a provider.
pub enum OauthOutcome {
    /// The front end must exchange this.
    Code(OauthCode),
    /// Somebody is in, or is asked for a second factor.
    SignedIn(SignInOutcome),
    /// The identity was linked to an account.
    Linked(Box<Identity>),
}

/// What to tell the browser, and where.
pub struct CallbackAnswer {
    /// Where it is to be sent; nowhere if the answer is its own page.
    pub redirect_uri: Option<String>,
    /// What to tell it.
    pub result: Result<OauthOutcome, OauthError>,
}

impl AuthService {
    /// Takes up what a browser brings back. The answer goes to where the login was begun, if
    /// the login is known to have been begun, and by this browser.
    ///
    /// # Errors
    /// `UnknownProvider`, `StateInvalid`, `Failure`; everything else stands in the answer.
    #[tracing::instrument(name = "auth.oauth_callback", skip_all, fields(provider = %provider))]
    pub async fn oauth_callback(
        &self,
        provider: &str,
        answer: ProviderAnswer,
        browser: Option<&str>,
        origin: &Origin,
    ) -> Result<CallbackAnswer, OauthError> {
        let (name, _) = self.ports.identity_providers.named(provider)?;
        let begun: Option<Begun> = self.take_oauth(TokenPurpose::OauthState, &answer.state).await?;
        let begun = begun.ok_or(OauthError::StateInvalid)?;
        let own = begun.browser.as_deref().is_none_or(|kept| answers(kept, browser));
        // An answer at the wrong provider's door is how mix-up attacks begin (RFC 9700 4.4).
        if !own || begun.provider != name.as_str() {
            return Err(OauthError::StateInvalid);
        }
        let result = self.take_up(&begun, answer, origin).await;
        if matches!(result, Err(OauthError::AnswerInvalid)) {
            let event = AuditEvent {
                detail: Some(begun.provider.clone()),
                ..self.event(AuditKind::LoginFailed, None, origin)
            };
            self.append(event).await?;
        }
        Ok(CallbackAnswer {
            redirect_uri: begun.redirect_uri,
            result,
        })
    }

    async fn take_up(
        &self,
        begun: &Begun,
        answer: ProviderAnswer,
        origin: &Origin,
    ) -> Result<OauthOutcome, OauthError> {
        let proved = self.redeem(begun, answer).await?;
        let arrival = Arrival::new(begun, &proved);
        // Whoever holds the secret is not known before the exchange.
        if begun.redirect_uri.is_none() && begun.challenge.is_none() {
            return self.arrive(&arrival, origin).await;
        }
        let owner = begun.link.map(|link| link.user.into());
        let code = self
            .keep_oauth(TokenPurpose::OauthCode, &arrival, (owner, CODE_LIFE))
            .await?;
        Ok(OauthOutcome::Code(OauthCode {
            code,
            expires_in: CODE_LIFE,
        }))
    }

    async fn redeem(&self, begun: &Begun, answer: ProviderAnswer) -> Result<ProvedIdentity, OauthError> {
        let (name, provider) = self.ports.identity_providers.named(&begun.provider)?;
        let Some(code) = answer.code else {
            provider.check_sender(answer.issuer, self.now()).await?;
            return Err(OauthError::Denied);
        };
        let redemption = Redemption {
            code,
            code_verifier: begun.verifier.clone(),
            nonce: begun.nonce.clone(),
            redirect_uri: self.ports.identity_providers.callback(&name),
            issuer: answer.issuer,
        };
        Ok(provider.redeem(&redemption, self.now()).await?)
    }
}
