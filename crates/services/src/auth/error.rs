//! Outcomes of authentication other than success.

use std::time::Duration;

use mainstay_domain::InvalidValue;
use mainstay_repositories::{RepositoryError, constraint};

use super::Challenge;
use crate::{
    Failure,
    ports::{HashError, SealError, SignError},
};

/// Why somebody was not let in, or something about an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Registration is closed on this server.
    #[error("registration is closed")]
    RegistrationClosed,
    /// The address belongs to an account.
    #[error("the address is taken")]
    EmailTaken,
    /// The user name belongs to an account.
    #[error("the user name is taken")]
    UsernameTaken,
    /// The new password is too easy to guess.
    #[error("the password is too weak: {0}")]
    WeakPassword(InvalidValue),
    /// No such account, or not its password; which of them is never told.
    #[error("address or password is wrong")]
    InvalidCredentials,
    /// The password was right, but the account is switched off.
    #[error("the account is disabled")]
    AccountDisabled,
    /// The password was right, but the address must be verified first.
    #[error("the address is not verified")]
    EmailNotVerified,
    /// The current password was not the one given.
    #[error("the current password is wrong")]
    WrongPassword,
    /// The login was not begun, took too long, or was tried too often.
    #[error("the login must begin anew")]
    InvalidMfaToken,
    /// The code is wrong, or was used before.
    #[error("the code is wrong")]
    WrongCode,
    /// The passkey is unknown, its proof not valid, or the question was asked too long ago.
    #[error("the passkey was refused")]
    PasskeyRefused,
    /// The passkey is registered already, here or with another account.
    #[error("the passkey is registered already")]
    PasskeyTaken,
    /// The account has a second factor, which must be proved too.
    #[error("a second factor must be proved")]
    SecondFactorRequired,
    /// Too long ago that the caller proved who they are, or not with a second factor.
    #[error("the caller must prove again who they are")]
    ReauthenticationRequired {
        /// How old the proof may be.
        max_age: chrono::Duration,
    },
    /// The caller has no such factor.
    #[error("no such factor")]
    FactorNotFound,
    /// The account has as many factors of this kind as there may be.
    #[error("there are too many factors")]
    TooManyFactors,
    /// The account has no second factor.
    #[error("there is no second factor")]
    MfaNotEnabled,
    /// It is the last factor, and nobody said that it may go.
    #[error("this is the last factor")]
    LastFactor,
    /// A role of the account demands a second factor.
    #[error("a role demands a second factor")]
    MfaRequired,
    /// Too many tries.
    #[error("too many tries")]
    Throttled {
        /// When to try again.
        retry_after: Duration,
    },
    /// Too many failures: a proof of work is asked for first.
    #[error("a proof of work is required")]
    ChallengeRequired(Challenge),
    /// The refresh token is unknown, expired, used up or revoked.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    /// The access token is not valid, or its session has ended.
    #[error("the access token is not valid")]
    InvalidAccessToken,
    /// The access token names a key that this instance does not know, yet.
    #[error("the access token names an unknown key")]
    UnknownSigningKey,
    /// The access token has expired.
    #[error("the access token has expired")]
    AccessTokenExpired,
    /// The caller is an API key, and this is for people who are logged in.
    #[error("this needs a login, not an API key")]
    SessionRequired,
    /// The caller has no such session.
    #[error("no such session")]
    SessionNotFound,
    /// The first-administrator link is used, expired, or was never one.
    #[error("the setup link is not valid")]
    SetupLinkInvalid,
    /// The link of a mail is used, expired, or was never one.
    #[error("the link is not valid")]
    LinkInvalid,
    /// No code was sent to this address, or not this one; or it is used, expired, or was
    /// guessed at too often.
    #[error("the code is not valid")]
    CodeInvalid,
    /// Nobody signs in by mail on this server.
    #[error("signing in by mail is switched off")]
    MailSignInOff,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for AuthError {
    /// Whatever refers to a user who was erased meanwhile is refused as if they had never been
    /// there: their sessions are gone with them.
    fn from(error: RepositoryError) -> Self {
        if error.is_conflict(constraint::REFERENCE) {
            return Self::InvalidAccessToken;
        }
        Self::Failure(error.into())
    }
}

impl AuthError {
    /// Like the conversion, for somebody who has no session yet.
    pub(super) fn before_login(error: RepositoryError) -> Self {
        if error.is_conflict(constraint::REFERENCE) {
            return Self::InvalidCredentials;
        }
        error.into()
    }
}

impl From<HashError> for AuthError {
    fn from(error: HashError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<SignError> for AuthError {
    fn from(error: SignError) -> Self {
        Self::Failure(error.into())
    }
}

impl From<SealError> for AuthError {
    fn from(error: SealError) -> Self {
        Self::Failure(error.into())
    }
}
