//! How outcomes of signing in by another provider look to clients.

use mainstay_services::auth::OauthError;

use crate::error::{ApiError, ErrorCode};

impl From<OauthError> for ApiError {
    fn from(error: OauthError) -> Self {
        let code = match error {
            OauthError::Auth(error) => return error.into(),
            OauthError::RedirectNotAllowed => {
                let message = "is not on the list of this server";
                return Self::new(ErrorCode::VALIDATION_FAILED).field("redirect_uri", "NOT_ALLOWED", message);
            }
            OauthError::UnknownProvider | OauthError::IdentityNotFound => ErrorCode::NOT_FOUND,
            OauthError::StateInvalid => ErrorCode::OAUTH_STATE_INVALID,
            OauthError::Denied => ErrorCode::OAUTH_DENIED,
            OauthError::AnswerInvalid => ErrorCode::OAUTH_ANSWER_INVALID,
            OauthError::EmailUnverified => ErrorCode::PROVIDER_EMAIL_UNVERIFIED,
            OauthError::CodeInvalid => ErrorCode::OAUTH_CODE_INVALID,
            OauthError::IdentityTaken => ErrorCode::IDENTITY_TAKEN,
            OauthError::LastSignInMethod => ErrorCode::LAST_SIGN_IN_METHOD,
        };
        Self::new(code)
    }
}
