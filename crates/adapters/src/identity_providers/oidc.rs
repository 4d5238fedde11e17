//! A provider that speaks OpenID Connect.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{Email, IdentityKey, PersonName, Timestamp};
use mainstay_services::ports::{
    AuthorizationRequest, IdentityProvider, ProvedIdentity, ProviderError, Redemption,
};
use serde_json::Value;

use super::{
    claims::Claims,
    discovery::{Discovery, Metadata},
    http::{Http, unusable},
    id_token::{Expected, IdToken, refused},
    keys::Keys,
};

/// Stands for the tenant in the issuer of Microsoft's documents for many tenants.
const TENANT: &str = "{tenantid}";

/// Which claim is believed about addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailTrust {
    /// `email_verified`, as OpenID Connect has it.
    EmailVerified,
    /// Microsoft's `xms_edov`: tenants write whatever they like into `email`, unless the domain's
    /// owner was verified.
    DomainOwnerVerified,
}

/// What is known of a provider beforehand.
#[derive(Clone)]
pub struct OidcSettings {
    /// Where the discovery document lies, without `/.well-known/…`.
    pub discovery: String,
    /// The issuer, exactly; `{tenantid}` in it stands for the token's tenant.
    pub issuer: String,
    /// How the provider knows this server.
    pub client_id: String,
    /// Proves it; empty for a public client.
    pub client_secret: String,
    /// What is asked for, separated by spaces; `openid` among it.
    pub scopes: String,
    /// Whether answers are to be sent by a form.
    pub form_post: bool,
    /// Which claim is believed about addresses.
    pub email_trust: EmailTrust,
    /// Whether plain HTTP will do, on a developer's machine.
    pub insecure: bool,
}

/// A provider that speaks OpenID Connect, found by discovery.
pub struct OidcProvider {
    settings: OidcSettings,
    http: Http,
    discovery: Discovery,
    keys: Keys,
}

impl OidcProvider {
    /// A provider by `settings`; nothing is asked yet.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(settings: OidcSettings) -> Result<Self, ProviderError> {
        Ok(Self {
            http: Http::new(settings.insecure)?,
            discovery: Discovery::new(&settings.discovery, settings.issuer.clone()),
            keys: Keys::default(),
            settings,
        })
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, ProviderError> {
        self.discovery.metadata(&self.http, now).await
    }

    /// What the token endpoint gives for a code.
    async fn tokens(&self, metadata: &Metadata, redemption: &Redemption) -> Result<Tokens, ProviderError> {
        let OidcSettings {
            client_id,
            client_secret,
            ..
        } = &self.settings;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", redemption.code.as_str()),
            ("redirect_uri", redemption.redirect_uri.as_str()),
            ("code_verifier", redemption.code_verifier.as_str()),
        ];
        let in_header = !client_secret.is_empty() && !metadata.secret_in_form;
        let basic = in_header.then_some((client_id.as_str(), client_secret.as_str()));
        if !in_header {
            form.push(("client_id", client_id));
        }
        if !in_header && !client_secret.is_empty() {
            form.push(("client_secret", client_secret));
        }
        let answer = self.http.redeem(&metadata.token, &form, basic).await?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Tokens {
            id: text("id_token").ok_or_else(|| unusable("the token endpoint gives no ID token"))?,
            access: text("access_token"),
        })
    }

    /// What is known of whoever an ID token is about. Providers that keep to OpenID Connect
    /// Core section 5.4 tell addresses and names only when they are asked.
    async fn claims(
        &self,
        metadata: &Metadata,
        (token, access): (Claims, Option<&str>),
    ) -> Result<Claims, ProviderError> {
        // Only the ID token has the claim that Microsoft is believed by.
        let complete = token.get("email").is_some() || self.settings.email_trust != EmailTrust::EmailVerified;
        let (false, Some(url), Some(access)) = (complete, &metadata.user_info, access) else {
            return Ok(token);
        };
        let subject = token.text("sub").unwrap_or_default();
        Claims::about(subject, self.http.get(url, Some(access)).await?)
    }

    /// The issuer a token must be of. Where there are many tenants it names its own, and only
    /// the keys of that tenant's issuer may sign for it.
    fn issuer_of(&self, token: &IdToken<'_>) -> Result<String, ProviderError> {
        if !self.settings.issuer.contains(TENANT) {
            return Ok(self.settings.issuer.clone());
        }
        let tenant = token.claims.text("tid").unwrap_or_default();
        let is_id = tenant.len() == 36 && tenant.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        if !is_id {
            return Err(refused("the tenant is no id"));
        }
        Ok(self.settings.issuer.replace(TENANT, tenant))
    }

    /// Who sent an answer (RFC 9207): the issuer, if anybody.
    fn check_issuer(&self, metadata: &Metadata, named: Option<&str>) -> Result<(), ProviderError> {
        match named {
            None if metadata.names_sender => Err(refused("the answer does not name its sender")),
            Some(named) if named != metadata.issuer && !self.settings.issuer.contains(TENANT) => {
                Err(refused("the answer comes from another issuer"))
            }
            _ => Ok(()),
        }
    }

    fn identity(&self, issuer: &str, claims: &Claims) -> Result<ProvedIdentity, ProviderError> {
        let key = IdentityKey::parse(issuer, claims.text("sub").unwrap_or_default());
        let name = |claim: &str| claims.text(claim).and_then(|raw| PersonName::parse(raw).ok());
        let verified = match self.settings.email_trust {
            EmailTrust::EmailVerified => "email_verified",
            EmailTrust::DomainOwnerVerified => "xms_edov",
        };
        Ok(ProvedIdentity {
            key: key.map_err(|_| refused("the subject cannot be used"))?,
            email: claims.text("email").and_then(|raw| Email::parse(raw).ok()),
            email_verified: claims.is_true(verified),
            first_name: name("given_name"),
            last_name: name("family_name"),
        })
    }
}

/// What a code is worth.
struct Tokens {
    id: String,
    access: Option<String>,
}

#[async_trait]
impl IdentityProvider for OidcProvider {
    fn posts_back(&self) -> bool {
        self.settings.form_post
    }

    async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
        now: Timestamp,
    ) -> Result<String, ProviderError> {
        let mut url = self.metadata(now).await?.authorization.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &request.redirect_uri)
            .append_pair("scope", &self.settings.scopes)
            .append_pair("state", &request.state)
            .append_pair("nonce", &request.nonce)
            .append_pair("code_challenge", &request.code_challenge)
            .append_pair("code_challenge_method", "S256");
        if self.settings.form_post {
            query.append_pair("response_mode", "form_post");
        }
        drop(query);
        Ok(url.into())
    }

    async fn redeem(&self, redemption: &Redemption, now: Timestamp) -> Result<ProvedIdentity, ProviderError> {
        let metadata = self.metadata(now).await?;
        self.check_issuer(&metadata, redemption.issuer.as_deref())?;
        let tokens = self.tokens(&metadata, redemption).await?;
        let token = IdToken::parse(&tokens.id)?;
        let issuer = self.issuer_of(&token)?;
        let header = (token.kid.as_deref(), token.algorithm);
        let found = self.keys.find((&self.http, &metadata.keys), header, now).await?;
        let tenant = token.claims.text("tid").unwrap_or_default();
        let signs_for = found.issuer.map(|issuer| issuer.replace(TENANT, tenant));
        if signs_for.is_some_and(|signs_for| signs_for != issuer) {
            return Err(refused("the key is of another issuer"));
        }
        let expected = Expected {
            issuer: &issuer,
            audience: &self.settings.client_id,
            nonce: &redemption.nonce,
            now,
        };
        token.check(&found.key, &expected)?;
        let claims = (token.claims, tokens.access.as_deref());
        self.identity(&issuer, &self.claims(&metadata, claims).await?)
    }

    async fn check_sender(&self, issuer: Option<String>, now: Timestamp) -> Result<(), ProviderError> {
        let metadata = self.metadata(now).await?;
        self.check_issuer(&metadata, issuer.as_deref())
    }
}
