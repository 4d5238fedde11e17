//! Section `auth`: accounts and tokens.

use std::time::Duration;

use mainstay_adapters::FirebaseScrypt;
use mainstay_domain::InvalidValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Key, Kind, ProvidersConfig, human, providers};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const YEAR: Duration = Duration::from_secs(365 * 86_400);

pub(super) const KEYS: &[Key] = &[
    Key::new("auth.secret_key", Kind::OptionalText, "", "Every key is derived from this: at least 32 random bytes. Local servers make one and keep it beside the database.").plain("SECRET_KEY").secret(),
    Key::new("auth.secret_key_previous", Kind::OptionalText, "", "The secret key before this one: what was signed or encrypted with it is still good.").plain("SECRET_KEY_PREVIOUS").secret(),
    Key::new("auth.algorithm", Kind::Choice(&["HS256", "ES256", "EdDSA", "RS256"]), "HS256", "What access tokens are signed with. All but HS256 let others verify them with the keys at /.well-known/jwks.json."),
    Key::new("auth.signing_key_publication", Kind::Span { min: Duration::ZERO, max: DAY.saturating_mul(7) }, "10m", "How long a new signing key is published before it signs."),
    Key::new("auth.api_key_max_ttl", Kind::Span { min: Duration::ZERO, max: YEAR.saturating_mul(10) }, "0s", "How long an API key may live; 0s for as long as its owner likes."),
    Key::new("auth.api_key_keep_expired", Kind::Span { min: Duration::ZERO, max: YEAR.saturating_mul(10) }, "90d", "How long API keys that expired are still listed, before they are removed."),
    Key::new("auth.api_key_max_per_user", Kind::Whole { min: 0, max: 10_000 }, "50", "How many API keys an account may have."),
    Key::new("auth.api_key_rate_limit", Kind::Whole { min: 1, max: 10_000_000 }, "600", "How many requests a minute an API key may make of one replica; of all together with Redis."),
    Key::new("auth.registration", Kind::Choice(&["open", "verified", "invite", "closed"]), "open", "Who may register: anybody; anybody, but the account begins when its address is confirmed; whoever an administrator invites; nobody."),
    Key::new("auth.require_verified_email", Kind::Flag, "false", "Whether only verified addresses may log in."),
    Key::new("auth.front_end_url", Kind::OptionalText, "", "Where the links of mails lead instead of Mainstay's own pages: `/verify-email`, `/reset-password`, `/change-email`, `/sign-in` and `/accept-invitation` below it, with the token in the fragment."),
    Key::new("auth.mail_sign_in", Kind::Flag, "true", "Whether a mailed link or code opens a session."),
    Key::new("auth.link_ttl", Kind::Span { min: MINUTE, max: HOUR }, "1h", "How long a mailed link works."),
    Key::new("auth.code_ttl", Kind::Span { min: MINUTE, max: MINUTE.saturating_mul(10) }, "10m", "How long a mailed code works."),
    Key::new("auth.invitation_ttl", Kind::Span { min: MINUTE, max: DAY.saturating_mul(30) }, "3d", "How long an invitation works."),
    Key::new("auth.access_token_ttl", Kind::Span { min: MINUTE, max: DAY }, "15m", "How long an access token works."),
    Key::new("auth.refresh_idle_ttl", Kind::Span { min: MINUTE, max: YEAR }, "7d", "How long a session lives without being used."),
    Key::new("auth.refresh_absolute_ttl", Kind::Span { min: MINUTE, max: YEAR }, "30d", "How long a session lives at most."),
    Key::new("auth.refresh_replay_window", Kind::Span { min: Duration::ZERO, max: MINUTE }, "10s", "How long a used refresh token gives the same successor again, for clients that lost an answer."),
    Key::new("auth.cookie_mode", Kind::Flag, "false", "Whether pages may keep their refresh token in a cookie; pages of server.cors_origins and of PUBLIC_URL."),
    Key::new("auth.password_min_length", Kind::Whole { min: 8, max: 64 }, "8", "Shortest new password, in characters; NIST asks for 15 where it is the only factor."),
    Key::new("auth.forbidden_words", Kind::Words, "", "Words that new passwords must not be made of: your organisation, your products."),
    Key::new("auth.breach_check", Kind::Flag, "false", "Whether new passwords are looked up among breached ones; five hex digits of their SHA-1 leave the server."),
    Key::new("auth.breach_check_url", Kind::WebUrl, "https://api.pwnedpasswords.com", "The range API that is asked, or a mirror of it."),
    Key::new("auth.breach_check_timeout", Kind::Span { min: Duration::from_millis(50), max: Duration::from_secs(10) }, "1s", "Longest time a lookup may take; without an answer the password is taken."),
    Key::new("auth.display_name", Kind::Text, "Mainstay", "What people know this server as; authenticator apps and passkeys show it."),
    Key::new("auth.step_up_max_age", Kind::Span { min: MINUTE, max: DAY }, "15m", "How long a proof of who one is lasts for sensitive operations."),
    Key::new("auth.mfa_required_for_roles", Kind::Roles, "", "Roles that can be used only with a second factor."),
    Key::new("auth.providers", Kind::Providers, "", "Other providers one can sign in with: `[auth.providers.google]`, or single fields such as MAINSTAY_AUTH__PROVIDERS__GOOGLE__CLIENT_ID; see docs/social-login.md.").secret(),
    Key::new("auth.oauth_redirect_uris", Kind::RedirectUris, "", "Where browsers may be sent after signing in at another provider; compared octet by octet."),
    Key::new("auth.issuer", Kind::Text, "mainstay", "`iss` of access tokens."),
    Key::new("auth.audience", Kind::Text, "mainstay", "`aud` of access tokens."),
    Key::new("auth.firebase_scrypt_signer_key", Kind::OptionalText, "", "`base64_signer_key` of the Firebase project whose accounts were imported; without it their passwords are not known.").secret(),
    Key::new("auth.firebase_scrypt_salt_separator", Kind::Text, "Bw==", "`base64_salt_separator` of that project."),
    Key::new("auth.firebase_scrypt_rounds", Kind::Whole { min: 1, max: 32 }, "8", "`rounds` of that project."),
    Key::new("auth.firebase_scrypt_mem_cost", Kind::Whole { min: 1, max: 18 }, "14", "`mem_cost` of that project."),
    Key::new("auth.first_admin_link_ttl", Kind::Span { min: SECOND, max: DAY.saturating_mul(7) }, "24h", "How long the first administrator's link works."),
];

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Anybody.
    Open,
    /// Anybody; the account begins when its address is confirmed.
    Verified,
    /// Whoever an administrator invites.
    Invite,
    /// Nobody; administrators create accounts.
    Closed,
}

/// Section `auth`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// What every key is derived from; see [`super::secret_key()`] for the one in effect.
    pub secret_key: Option<SecretString>,
    /// The secret key before this one.
    pub secret_key_previous: Option<SecretString>,
    /// What access tokens are signed with: the `alg` of RFC 7518.
    pub algorithm: String,
    /// How long a new signing key is published before it signs.
    #[serde(deserialize_with = "human::duration")]
    pub signing_key_publication: Duration,
    /// How long an API key may live; zero for as long as its owner likes.
    #[serde(deserialize_with = "human::duration")]
    pub api_key_max_ttl: Duration,
    /// How long API keys that expired are still listed, before they are removed.
    #[serde(deserialize_with = "human::duration")]
    pub api_key_keep_expired: Duration,
    /// How many API keys an account may have.
    pub api_key_max_per_user: u32,
    /// How many requests a minute an API key may make of one replica, or of all with Redis.
    pub api_key_rate_limit: u32,
    /// Who may register.
    pub registration: Registration,
    /// Whether only verified addresses may log in.
    pub require_verified_email: bool,
    /// Where the links of mails lead instead of Mainstay's own pages.
    pub front_end_url: Option<String>,
    /// Whether a mailed link or code opens a session.
    pub mail_sign_in: bool,
    /// How long a mailed link works.
    #[serde(deserialize_with = "human::duration")]
    pub link_ttl: Duration,
    /// How long a mailed code works.
    #[serde(deserialize_with = "human::duration")]
    pub code_ttl: Duration,
    /// How long an invitation works.
    #[serde(deserialize_with = "human::duration")]
    pub invitation_ttl: Duration,
    /// How long an access token works.
    #[serde(deserialize_with = "human::duration")]
    pub access_token_ttl: Duration,
    /// How long a session lives without being used.
    #[serde(deserialize_with = "human::duration")]
    pub refresh_idle_ttl: Duration,
    /// How long a session lives at most.
    #[serde(deserialize_with = "human::duration")]
    pub refresh_absolute_ttl: Duration,
    /// How long a used refresh token gives the same successor again.
    #[serde(deserialize_with = "human::duration")]
    pub refresh_replay_window: Duration,
    /// Whether pages may keep their refresh token in a cookie.
    pub cookie_mode: bool,
    /// Shortest new password, in characters.
    pub password_min_length: usize,
    /// Words that new passwords must not be made of.
    pub forbidden_words: Vec<String>,
    /// Whether new passwords are looked up among breached ones.
    pub breach_check: bool,
    /// The range API that is asked.
    pub breach_check_url: Option<String>,
    /// Longest time a lookup may take.
    #[serde(deserialize_with = "human::duration")]
    pub breach_check_timeout: Duration,
    /// What people know this server as.
    pub display_name: String,
    /// How long a proof of who one is lasts for sensitive operations.
    #[serde(deserialize_with = "human::duration")]
    pub step_up_max_age: Duration,
    /// Roles that can be used only with a second factor.
    pub mfa_required_for_roles: Vec<String>,
    /// Other providers one can sign in with.
    #[serde(deserialize_with = "providers::read")]
    pub providers: ProvidersConfig,
    /// Where browsers may be sent after signing in at another provider.
    pub oauth_redirect_uris: Vec<String>,
    /// `iss` of access tokens.
    pub issuer: String,
    /// `aud` of access tokens.
    pub audience: String,
    /// `base64_signer_key` of the Firebase project whose accounts were imported.
    pub firebase_scrypt_signer_key: Option<SecretString>,
    /// `base64_salt_separator` of that project.
    pub firebase_scrypt_salt_separator: String,
    /// `rounds` of that project.
    pub firebase_scrypt_rounds: u32,
    /// `mem_cost` of that project.
    pub firebase_scrypt_mem_cost: u32,
    /// How long the first administrator's link works.
    #[serde(deserialize_with = "human::duration")]
    pub first_admin_link_ttl: Duration,
}

impl AuthConfig {
    /// The Firebase project whose passwords are let in, if there is one.
    ///
    /// # Errors
    /// [`InvalidValue`] if it has impossible parameters.
    pub fn firebase_scrypt(&self) -> Result<Option<FirebaseScrypt>, InvalidValue> {
        let Some(signer_key) = &self.firebase_scrypt_signer_key else {
            return Ok(None);
        };
        FirebaseScrypt::new(
            signer_key.expose_secret(),
            &self.firebase_scrypt_salt_separator,
            self.firebase_scrypt_rounds,
            self.firebase_scrypt_mem_cost,
        )
        .map(Some)
    }
}
