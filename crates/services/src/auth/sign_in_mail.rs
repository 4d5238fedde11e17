//! Signing in with a link or a code that was mailed.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::Duration;
use mainstay_domain::{
    AuditKind, AuthMethod, Email, OneTimeToken, Origin, TokenHash, TokenPurpose, User, UserId,
    truncate_to_micros,
};
use mainstay_repositories::UnitOfWork;
use uuid::Uuid;

use super::{
    AuthError, AuthService, SignInOutcome,
    account_mail::active,
    link::Link,
    network::Counter,
    one_time_token::{hash_of, new_token},
    sign_in::Proof,
};
use crate::mail::{AccountMail, Mail, MailTemplate};

/// Guesses at one code (ASVS 5.0 6.6.3: one in 200,000).
const MAX_GUESSES: i32 = 5;

/// What stays with whoever asked for a code; without it the code opens nothing.
pub struct AskedCode {
    /// To be given back together with the code.
    pub handle: String,
    /// How long a code works.
    pub expires_in: Duration,
}

impl fmt::Debug for AskedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AskedCode")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// A code as somebody typed it, where they asked for it.
pub struct EnteredCode<'a> {
    /// The address that it was sent to.
    pub email: &'a Email,
    /// What the answer to the request for it gave.
    pub handle: &'a str,
    /// The six digits.
    pub code: &'a str,
}

impl AuthService {
    /// Asks for a link and a code. The answer is the same whoever's address it is. Whoever
    /// types the code must have the handle, so that a code that somebody was talked out of
    /// opens nothing elsewhere (ASVS 5.0 6.6.2).
    ///
    /// # Errors
    /// `MailSignInOff`, `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.request_code", skip_all)]
    pub async fn request_code(&self, email: &Email, origin: &Origin) -> Result<AskedCode, AuthError> {
        self.refuse_mail_sign_in()?;
        let handle = new_token(&*self.ports.entropy);
        let mail = AccountMail::SignIn(email.as_str().to_owned(), slot(email, &handle).0);
        self.ask_for_mail((email, mail), origin).await?;
        Ok(AskedCode {
            handle,
            expires_in: self.settings.code_ttl,
        })
    }

    /// Signs in with the six digits of a mail.
    ///
    /// # Errors
    /// `MailSignInOff`; `CodeInvalid`, whether the address is unknown or the code wrong, asked
    /// for elsewhere, used, expired or guessed at too often; `Throttled`, `AccountDisabled`,
    /// `Failure`.
    #[tracing::instrument(name = "auth.sign_in_by_code", skip_all)]
    pub async fn sign_in_by_code(
        &self,
        entered: &EnteredCode<'_>,
        origin: &Origin,
    ) -> Result<SignInOutcome, AuthError> {
        self.refuse_mail_sign_in()?;
        self.count_from(Counter::Links, origin).await?;
        let hash = slot(entered.email, entered.handle);
        let tried = self
            .ports
            .store
            .read()
            .one_time_tokens()
            .attempt(&hash, TokenPurpose::SignInCode, MAX_GUESSES, self.now())
            .await?;
        let right = tried.as_ref().is_some_and(|tried| self.is_code(entered, tried));
        let user_id = tried.and_then(|tried| tried.user_id);
        let (true, Some(user_id)) = (right, user_id) else {
            if user_id.is_none() {
                // Nobody is looked up too, so that time does not tell who has a code.
                self.ports.store.read().users().find(UserId(Uuid::nil())).await?;
            }
            let event = self.event(AuditKind::LoginFailed, user_id, origin);
            self.append(event).await?;
            return Err(AuthError::CodeInvalid);
        };
        let user = self.ports.store.read().users().find(user_id).await?;
        let user = user.ok_or(AuthError::CodeInvalid)?;
        self.admit(&proved(&user), origin).await?;
        let unit = self.ports.store.begin().await?;
        // As a link does.
        unit.users().lock(user.id).await?;
        let consumed = unit
            .one_time_tokens()
            .consume(&hash, TokenPurpose::SignInCode, self.now())
            .await?;
        consumed.ok_or(AuthError::CodeInvalid)?;
        self.enter_by_mail(unit, &user, origin).await
    }

    /// Signs in with the link of a mail.
    ///
    /// # Errors
    /// `MailSignInOff`, `LinkInvalid`, `Throttled`, `AccountDisabled`, `Failure`.
    #[tracing::instrument(name = "auth.sign_in_by_link", skip_all)]
    pub async fn sign_in_by_link(&self, token: &str, origin: &Origin) -> Result<SignInOutcome, AuthError> {
        self.refuse_mail_sign_in()?;
        self.count_from(Counter::Links, origin).await?;
        let tried = self.try_link(Link::SignIn, token).await?;
        if tried.payload.as_deref() != Some(tried.user.email.key()) {
            return Err(AuthError::LinkInvalid);
        }
        self.admit(&proved(&tried.user), origin).await?;
        let unit = self.ports.store.begin().await?;
        // Logins with what this may make void end before it, or are refused after it.
        self.use_link(&*unit, Link::SignIn, &tried).await?;
        self.enter_by_mail(unit, &tried.user, origin).await
    }

    /// Link and code came in one mail: using one uses up both. Whoever got it reads mail there.
    async fn enter_by_mail(
        &self,
        unit: Box<dyn UnitOfWork>,
        user: &User,
        origin: &Origin,
    ) -> Result<SignInOutcome, AuthError> {
        let now = unit.users().find(user.id).await?.filter(User::is_active);
        let user = now
            .filter(|now| now.email == user.email)
            .ok_or(AuthError::LinkInvalid)?;
        for purpose in [TokenPurpose::SignInLink, TokenPurpose::SignInCode] {
            unit.one_time_tokens().delete_for_user(user.id, purpose).await?;
        }
        self.claim_by_mail(&*unit, &user, origin).await?;
        let id = user.id;
        let proof = Proof {
            methods: AuthMethod::Mail.into(),
            user,
        };
        let outcome = self.sign_in(unit, proof, origin).await?;
        self.ports.principals.forget_user(id);
        Ok(outcome)
    }

    fn refuse_mail_sign_in(&self) -> Result<(), AuthError> {
        if self.settings.mail_sign_in {
            return Ok(());
        }
        Err(AuthError::MailSignInOff)
    }

    /// The mail with a link and a code, if somebody has this address.
    pub(super) async fn sign_in_mail(
        &self,
        unit: &dyn UnitOfWork,
        email: &str,
        slot: TokenHash,
    ) -> Result<Option<Mail>, AuthError> {
        let Some(user) = active(unit, email).await? else {
            return Ok(None);
        };
        let address = user.email.key().to_owned();
        let link = self.new_link(unit, Link::SignIn, user.id, Some(address)).await?;
        let code = self.new_code(unit, &user, slot).await?;
        let mail = Mail::to_user(&user, MailTemplate::SIGN_IN_LINK).value("code", code);
        Ok(Some(self.with_link(mail, Link::SignIn, &link)))
    }

    /// A code of six digits in the place of the one before. A million of them are soon tried
    /// by whoever reads the database, so that it is sealed, not hashed.
    async fn new_code(
        &self,
        unit: &dyn UnitOfWork,
        user: &User,
        slot: TokenHash,
    ) -> Result<String, AuthError> {
        let secret = self.ports.entropy.secret();
        let number = secret[..8]
            .iter()
            .fold(0_u64, |sum, octet| sum << 8 | u64::from(*octet));
        let code = format!("{:06}", number % 1_000_000);
        let now = self.now();
        let token = OneTimeToken {
            hash: slot,
            purpose: TokenPurpose::SignInCode,
            user_id: Some(user.id),
            created_at: now,
            expires_at: truncate_to_micros(now + self.settings.code_ttl),
            payload: Some(self.ports.mail.sealer.seal(&seal(&user.email), code.as_bytes())?),
            tries: 0,
        };
        unit.one_time_tokens()
            .delete_for_user(user.id, TokenPurpose::SignInCode)
            .await?;
        unit.one_time_tokens().replace(&token).await?;
        Ok(code)
    }

    fn is_code(&self, entered: &EnteredCode<'_>, tried: &OneTimeToken) -> bool {
        let sealed = tried.payload.as_deref().unwrap_or_default();
        let opened = self.ports.mail.sealer.open(&seal(entered.email), sealed);
        opened.is_ok_and(|right| verify_slices_are_equal(&right, entered.code.as_bytes()).is_ok())
    }
}

/// Where the code is kept that was asked for with this handle. Without the handle nobody finds
/// it, neither to try it nor to use up its guesses.
fn slot(email: &Email, handle: &str) -> TokenHash {
    hash_of(&format!("{}\n{handle}", seal(email)))
}

fn seal(email: &Email) -> String {
    format!("sign_in_code:{}", email.key())
}

/// A user whose address is about to be proved.
fn proved(user: &User) -> User {
    User {
        email_verified: true,
        ..user.clone()
    }
}
