//! Outcomes of signing in by another provider, other than success.

use mainstay_repositories::RepositoryError;

use crate::{
    Failure,
    auth::AuthError,
    ports::{ProviderError, SealError},
};

/// Why another provider's word did not help.
#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    /// There is no such provider here.
    #[error("no such provider")]
    UnknownProvider,
    /// The front end's address is not on the list.
    #[error("the redirect URI is not allowed")]
    RedirectNotAllowed,
    /// The login was not begun here, not in this browser, is over, or took too long.
    #[error("no such login is under way")]
    StateInvalid,
    /// The provider let nobody in, or its user did not want to.
    #[error("the provider said no")]
    Denied,
    /// What the provider said proves nothing.
    #[error("the provider's answer is not valid")]
    AnswerInvalid,
    /// The provider does not say that the address is verified. Whether there is an account with
    /// it makes no difference.
    #[error("the provider has not verified the address")]
    EmailUnverified,
    /// The code was used, is expired, was never one, or its verifier is another.
    #[error("the code is not valid")]
    CodeInvalid,
    /// The identity is linked to another account.
    #[error("the identity is linked to another account")]
    IdentityTaken,
    /// The caller has no such identity.
    #[error("no such identity")]
    IdentityNotFound,
    /// Without this identity nobody could sign in to the account any more.
    #[error("this is the last way to sign in")]
    LastSignInMethod,
    /// What can happen at every way to sign in.
    #[error(transparent)]
    Auth(#[from] AuthError),
}

impl From<RepositoryError> for OauthError {
    fn from(error: RepositoryError) -> Self {
        Self::Auth(error.into())
    }
}

impl From<Failure> for OauthError {
    fn from(failure: Failure) -> Self {
        Self::Auth(failure.into())
    }
}

impl From<SealError> for OauthError {
    fn from(error: SealError) -> Self {
        Failure::from(error).into()
    }
}

impl From<ProviderError> for OauthError {
    /// Logged here: the texts tell the operator what is set up wrongly, and clients nothing.
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Refused(reason) => {
                tracing::warn!(%reason, "a provider's answer was refused");
                Self::AnswerInvalid
            }
            ProviderError::Unavailable(reason) => Failure::Unavailable {
                reason,
                retry_after: std::time::Duration::from_secs(5),
            }
            .into(),
        }
    }
}
