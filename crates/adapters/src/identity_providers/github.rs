//! GitHub, which speaks OAuth 2 without OpenID Connect: who somebody is must be asked for.

use async_trait::async_trait;
use mainstay_domain::{Email, IdentityKey, Timestamp};
use mainstay_services::ports::{
    AuthorizationRequest, IdentityProvider, ProvedIdentity, ProviderError, Redemption,
};
use serde_json::Value;
use url::Url;

use super::{
    http::{Http, unusable},
    id_token::refused,
};

/// What is known of GitHub beforehand.
#[derive(Clone)]
pub struct GithubSettings {
    /// `https://github.com`, or where a GitHub of one's own is.
    pub url: String,
    /// `https://api.github.com`, or the like.
    pub api_url: String,
    /// How GitHub knows this server.
    pub client_id: String,
    /// Proves it.
    pub client_secret: String,
    /// What is asked for, separated by spaces.
    pub scopes: String,
    /// Whether plain HTTP will do, on a developer's machine.
    pub insecure: bool,
}

/// GitHub.
pub struct GithubProvider {
    settings: GithubSettings,
    http: Http,
    authorization: Url,
    token: Url,
    user: Url,
    emails: Url,
}

impl GithubProvider {
    /// A provider by `settings`; nothing is asked yet.
    ///
    /// # Errors
    /// If TLS cannot be set up, or an address cannot be used.
    pub fn new(settings: GithubSettings) -> Result<Self, ProviderError> {
        let http = Http::new(settings.insecure)?;
        let at = |base: &str, path: &str| {
            let url = format!("{}{path}", base.trim_end_matches('/'));
            http.endpoint(Some(&url))
        };
        Ok(Self {
            authorization: at(&settings.url, "/login/oauth/authorize")?,
            token: at(&settings.url, "/login/oauth/access_token")?,
            user: at(&settings.api_url, "/user")?,
            emails: at(&settings.api_url, "/user/emails")?,
            http,
            settings,
        })
    }

    /// The primary address, if GitHub has verified it.
    async fn email(&self, token: &str) -> Result<Option<Email>, ProviderError> {
        let list = self.http.get(&self.emails, Some(token)).await?;
        let yes = |entry: &Value, name: &str| entry.get(name) == Some(&Value::Bool(true));
        let primary = list.as_array().and_then(|list| {
            list.iter()
                .find(|entry| yes(entry, "primary") && yes(entry, "verified"))
        });
        let address = primary.and_then(|entry| entry.get("email")?.as_str());
        Ok(address.and_then(|raw| Email::parse(raw).ok()))
    }
}

#[async_trait]
impl IdentityProvider for GithubProvider {
    fn posts_back(&self) -> bool {
        false
    }

    async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        _: Timestamp,
    ) -> Result<String, ProviderError> {
        let mut url = self.authorization.clone();
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &request.redirect_uri)
            .append_pair("scope", &self.settings.scopes)
            .append_pair("state", &request.state)
            .append_pair("code_challenge", &request.code_challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    async fn redeem(&self, redemption: &Redemption, now: Timestamp) -> Result<ProvedIdentity, ProviderError> {
        self.check_sender(redemption.issuer.clone(), now).await?;
        let form = [
            ("client_id", self.settings.client_id.as_str()),
            ("client_secret", self.settings.client_secret.as_str()),
            ("code", redemption.code.as_str()),
            ("redirect_uri", redemption.redirect_uri.as_str()),
            ("code_verifier", redemption.code_verifier.as_str()),
        ];
        let answer = self.http.redeem(&self.token, &form, None).await?;
        let token = answer.get("access_token").and_then(Value::as_str);
        let token = token.ok_or_else(|| unusable("the token endpoint gives no access token"))?;
        let user = self.http.get(&self.user, Some(token)).await?;
        // The number: names are given to others once their owners give them up.
        let id = user.get("id").and_then(Value::as_u64);
        let id = id.ok_or_else(|| unusable("the user has no id"))?;
        let email = self.email(token).await?;
        let issuer = self.settings.url.trim_end_matches('/');
        Ok(ProvedIdentity {
            key: IdentityKey::parse(issuer, &id.to_string())
                .map_err(|_| refused("the subject cannot be used"))?,
            email_verified: email.is_some(),
            email,
            first_name: None,
            last_name: None,
        })
    }

    async fn check_sender(&self, issuer: Option<String>, _: Timestamp) -> Result<(), ProviderError> {
        let own = self.settings.url.trim_end_matches('/');
        let known = |issuer: &str| issuer == own || issuer.strip_prefix(own) == Some("/login/oauth");
        if issuer.as_deref().is_none_or(known) {
            return Ok(());
        }
        Err(refused("the answer comes from another issuer"))
    }
}
