//! Sending a browser to a provider.

use chrono::Duration;
use mainstay_domain::{Origin, Principal, TokenPurpose};

use super::{
    OauthError,
    begun::{Begun, Linking, challenge_of},
};
use crate::{
    auth::{AuthService, network::Counter, one_time_token::new_token, sessions::session_of},
    ports::AuthorizationRequest,
};

/// Time to log in at the provider.
const LIFE: Duration = Duration::minutes(10);

/// How it is made sure that the login ends where it began, so that nobody is logged in to
/// somebody else's account, or links theirs to it (RFC 9700 section 4.7).
#[derive(Debug, Clone)]
pub enum BrowserBinding {
    /// By a cookie, whose present value this is.
    Cookie(Option<String>),
    /// By a secret of the client: this is BASE64URL(SHA-256) of it, and it must come with the
    /// exchange.
    Challenge(String),
}

/// A login to begin.
#[derive(Debug, Clone)]
pub struct OauthRequest {
    /// The provider's name.
    pub provider: String,
    /// Where the front end gets its code; without one the callback answers itself.
    pub redirect_uri: Option<String>,
    /// Where the login must end.
    pub binding: BrowserBinding,
}

/// A login that was begun.
#[derive(Clone)]
pub struct OauthBegun {
    /// Where the browser is to go.
    pub url: String,
    /// What its cookie must be, if the login is bound to one.
    pub cookie: Option<String>,
    /// Life of both.
    pub expires_in: Duration,
}

/// Shows no state.
impl std::fmt::Debug for OauthBegun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OauthBegun").finish_non_exhaustive()
    }
}

impl AuthService {
    /// Whether a provider sends its answer by a form.
    ///
    /// # Errors
    /// `UnknownProvider`.
    pub fn oauth_posts_back(&self, provider: &str) -> Result<bool, OauthError> {
        let (_, provider) = self.ports.identity_providers.named(provider)?;
        Ok(provider.posts_back())
    }

    /// The names of the providers.
    #[must_use]
    pub fn oauth_providers(&self) -> Vec<String> {
        let names = self.ports.identity_providers.providers.keys();
        names.map(ToString::to_string).collect()
    }

    /// Begins a login at a provider.
    ///
    /// # Errors
    /// `UnknownProvider`, `RedirectNotAllowed`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.oauth_authorize", skip_all, fields(provider = %request.provider))]
    pub async fn oauth_authorize(
        &self,
        request: OauthRequest,
        origin: &Origin,
    ) -> Result<OauthBegun, OauthError> {
        self.begin_oauth(request, None, origin).await
    }

    /// Begins to link an identity to the caller's account.
    ///
    /// # Errors
    /// As [`oauth_authorize`](Self::oauth_authorize), and `SessionRequired`.
    #[tracing::instrument(name = "auth.oauth_link", skip_all, fields(provider = %request.provider))]
    pub async fn oauth_link(
        &self,
        caller: &Principal,
        request: OauthRequest,
        origin: &Origin,
    ) -> Result<OauthBegun, OauthError> {
        let linking = Linking {
            user: caller.user.id.uuid(),
            session: session_of(caller)?.id.uuid(),
        };
        self.begin_oauth(request, Some(linking), origin).await
    }

    async fn begin_oauth(
        &self,
        request: OauthRequest,
        link: Option<Linking>,
        origin: &Origin,
    ) -> Result<OauthBegun, OauthError> {
        let providers = &self.ports.identity_providers;
        let (name, provider) = providers.named(&request.provider)?;
        providers.check_redirect(request.redirect_uri.as_deref())?;
        // Each is kept for a while, and strangers may ask.
        self.count_from(Counter::Providers, origin).await?;
        let (cookie, challenge) = match request.binding {
            BrowserBinding::Challenge(challenge) => (None, Some(challenge)),
            // The same for several tabs.
            BrowserBinding::Cookie(Some(known)) if known.len() == TOKEN_LENGTH => (Some(known), None),
            BrowserBinding::Cookie(_) => (Some(new_token(&*self.ports.entropy)), None),
        };
        let begun = Begun {
            provider: name.to_string(),
            verifier: new_token(&*self.ports.entropy),
            nonce: new_token(&*self.ports.entropy),
            redirect_uri: request.redirect_uri,
            browser: cookie.as_deref().map(challenge_of),
            challenge,
            link,
        };
        let owner = link.map(|link| link.user.into());
        let state = self
            .keep_oauth(TokenPurpose::OauthState, &begun, (owner, LIFE))
            .await?;
        let question = AuthorizationRequest {
            state,
            nonce: begun.nonce,
            code_challenge: challenge_of(&begun.verifier),
            redirect_uri: providers.callback(&name),
        };
        Ok(OauthBegun {
            url: provider.authorization_url(&question, self.now()).await?,
            cookie,
            expires_in: LIFE,
        })
    }
}

/// Characters of a cookie that was made here.
const TOKEN_LENGTH: usize = 43;
