//! Links that are mailed: each works once, for one purpose, for a limited time.
//!
//! The token stands in the fragment of the link. Browsers send no fragments, so that no log and
//! no `Referer` holds the token, and a mail scanner that follows the link consumes nothing.

use chrono::Duration;
use mainstay_domain::{OneTimeToken, TokenHash, TokenPurpose, User, UserId, truncate_to_micros};
use mainstay_repositories::UnitOfWork;

use super::{
    AuthError, AuthService, AuthSettings,
    one_time_token::{hash_of, new_token},
};

/// Tries with one link, e.g. with passwords that are refused as too weak.
const MAX_TRIES: i32 = 10;

/// Which link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    ConfirmRegistration,
    VerifyEmail,
    ResetPassword,
    ChangeEmail,
    SignIn,
    Invitation,
}

impl Link {
    pub(super) const fn purpose(self) -> TokenPurpose {
        match self {
            Self::ConfirmRegistration => TokenPurpose::ConfirmRegistration,
            Self::VerifyEmail => TokenPurpose::VerifyEmail,
            Self::ResetPassword => TokenPurpose::ResetPassword,
            Self::ChangeEmail => TokenPurpose::ChangeEmail,
            Self::SignIn => TokenPurpose::SignInLink,
            Self::Invitation => TokenPurpose::Invitation,
        }
    }

    /// The page that asks before it uses the token.
    const fn page(self) -> &'static str {
        match self {
            Self::ConfirmRegistration | Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::ChangeEmail => "change-email",
            Self::SignIn => "sign-in",
            Self::Invitation => "accept-invitation",
        }
    }

    pub(super) fn ttl(self, settings: &AuthSettings) -> Duration {
        match self {
            // Sent together with the code, and dies with it.
            Self::SignIn => settings.code_ttl,
            Self::Invitation => settings.invitation_ttl,
            Self::ConfirmRegistration | Self::VerifyEmail | Self::ResetPassword | Self::ChangeEmail => {
                settings.link_ttl
            }
        }
    }
}

/// A link's token that was tried and is good so far, and its user.
pub(super) struct Tried {
    pub(super) hash: TokenHash,
    pub(super) payload: Option<String>,
    pub(super) user: User,
}

impl AuthService {
    /// A new link for a user, which makes older ones of its kind worthless. Locks the user's row,
    /// as [`AuthService::use_link`] does.
    pub(super) async fn new_link(
        &self,
        unit: &dyn UnitOfWork,
        link: Link,
        user_id: UserId,
        payload: Option<String>,
    ) -> Result<String, AuthError> {
        unit.users().lock(user_id).await?;
        let tokens = unit.one_time_tokens();
        tokens.delete_for_user(user_id, link.purpose()).await?;
        self.store_link(unit, link, Some(user_id), payload).await
    }

    /// A new link for a user or for nobody yet.
    pub(super) async fn store_link(
        &self,
        unit: &dyn UnitOfWork,
        link: Link,
        user_id: Option<UserId>,
        payload: Option<String>,
    ) -> Result<String, AuthError> {
        let token = new_token(&*self.ports.entropy);
        let now = self.now();
        unit.one_time_tokens()
            .insert(&OneTimeToken {
                hash: hash_of(&token),
                purpose: link.purpose(),
                user_id,
                created_at: now,
                expires_at: truncate_to_micros(now + link.ttl(&self.settings)),
                payload,
                tries: 0,
            })
            .await?;
        let base = self.settings.public_url.trim_end_matches('/');
        Ok(format!("{base}/{}#token={token}", link.page()))
    }

    /// Counts a try with a link and tells whose it is, without using it up: what follows may
    /// be refused, and it may take long. [`AuthService::use_link`] decides.
    pub(super) async fn try_link(&self, link: Link, token: &str) -> Result<Tried, AuthError> {
        let hash = hash_of(token);
        let store = self.ports.store.read();
        let tried = store
            .one_time_tokens()
            .attempt(&hash, link.purpose(), MAX_TRIES, self.now())
            .await?
            .ok_or(AuthError::LinkInvalid)?;
        let user_id = tried.user_id.ok_or(AuthError::LinkInvalid)?;
        let user = store.users().find(user_id).await?;
        Ok(Tried {
            hash,
            payload: tried.payload,
            user: user.ok_or(AuthError::LinkInvalid)?,
        })
    }

    /// Uses a link up: of any number at the same time one goes on. Its user's row is locked from
    /// here to the end of the unit of work: first the user, then the token, as whoever mails a link
    /// does, so that there is no deadlock between them.
    pub(super) async fn use_link(
        &self,
        unit: &dyn UnitOfWork,
        link: Link,
        tried: &Tried,
    ) -> Result<(), AuthError> {
        unit.users().lock(tried.user.id).await?;
        let consumed = unit
            .one_time_tokens()
            .consume(&tried.hash, link.purpose(), self.now())
            .await?;
        consumed.map(drop).ok_or(AuthError::LinkInvalid)
    }

    /// Whole minutes, for people.
    pub(super) fn minutes(&self, link: Link) -> i64 {
        link.ttl(&self.settings).num_minutes().max(1)
    }
}
