//! How outcomes of authentication look to clients.

use mainstay_services::auth::AuthError;

use crate::error::{ApiError, ErrorCode};

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        let code = match error {
            AuthError::WeakPassword(why) => return Self::invalid("password", &why),
            AuthError::Throttled { retry_after } => {
                return Self::new(ErrorCode::TOO_MANY_REQUESTS).retry_after(retry_after);
            }
            AuthError::ChallengeRequired(challenge) => {
                return Self::new(ErrorCode::CHALLENGE_REQUIRED).challenge(challenge.into());
            }
            AuthError::Failure(failure) => return failure.into(),
            AuthError::RegistrationClosed => ErrorCode::REGISTRATION_CLOSED,
            AuthError::EmailTaken => ErrorCode::EMAIL_TAKEN,
            AuthError::UsernameTaken => ErrorCode::USERNAME_TAKEN,
            AuthError::InvalidCredentials => ErrorCode::INVALID_CREDENTIALS,
            AuthError::AccountDisabled => ErrorCode::ACCOUNT_DISABLED,
            AuthError::EmailNotVerified => ErrorCode::EMAIL_NOT_VERIFIED,
            AuthError::WrongPassword => ErrorCode::WRONG_PASSWORD,
            AuthError::InvalidRefreshToken => ErrorCode::INVALID_REFRESH_TOKEN,
            AuthError::InvalidAccessToken => ErrorCode::UNAUTHENTICATED,
            AuthError::AccessTokenExpired => ErrorCode::TOKEN_EXPIRED,
            AuthError::SessionRequired => ErrorCode::SESSION_REQUIRED,
            AuthError::SessionNotFound => ErrorCode::NOT_FOUND,
            AuthError::LinkInvalid => ErrorCode::LINK_INVALID,
            AuthError::CodeInvalid => ErrorCode::CODE_INVALID,
            AuthError::MailSignInOff => ErrorCode::MAIL_SIGN_IN_OFF,
            AuthError::SetupLinkInvalid => ErrorCode::SETUP_LINK_INVALID,
        };
        Self::new(code)
    }
}
