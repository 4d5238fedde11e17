//! How outcomes of authentication look to clients.

use actix_web::http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
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
            AuthError::ReauthenticationRequired { max_age } => return reauthenticate(max_age),
            AuthError::Failure(failure) => return failure.into(),
            AuthError::RegistrationClosed => ErrorCode::REGISTRATION_CLOSED,
            AuthError::EmailTaken => ErrorCode::EMAIL_TAKEN,
            AuthError::UsernameTaken => ErrorCode::USERNAME_TAKEN,
            AuthError::InvalidCredentials => ErrorCode::INVALID_CREDENTIALS,
            AuthError::AccountDisabled => ErrorCode::ACCOUNT_DISABLED,
            AuthError::EmailNotVerified => ErrorCode::EMAIL_NOT_VERIFIED,
            AuthError::WrongPassword => ErrorCode::WRONG_PASSWORD,
            AuthError::InvalidMfaToken => ErrorCode::INVALID_MFA_TOKEN,
            AuthError::WrongCode => ErrorCode::WRONG_CODE,
            AuthError::PasskeyRefused => ErrorCode::PASSKEY_REFUSED,
            AuthError::PasskeyTaken => ErrorCode::PASSKEY_TAKEN,
            AuthError::SecondFactorRequired => ErrorCode::SECOND_FACTOR_REQUIRED,
            AuthError::FactorNotFound => ErrorCode::NOT_FOUND,
            AuthError::TooManyFactors => ErrorCode::TOO_MANY_FACTORS,
            AuthError::MfaNotEnabled => ErrorCode::MFA_NOT_ENABLED,
            AuthError::LastFactor => ErrorCode::LAST_FACTOR,
            AuthError::MfaRequired => ErrorCode::MFA_REQUIRED,
            AuthError::InvalidRefreshToken => ErrorCode::INVALID_REFRESH_TOKEN,
            AuthError::InvalidAccessToken | AuthError::UnknownSigningKey => ErrorCode::UNAUTHENTICATED,
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

/// RFC 9470 section 3. The status is not the 401 of that document: to a 401 clients answer by
/// refreshing their token, which proves nothing.
fn reauthenticate(max_age: chrono::Duration) -> ApiError {
    let challenge = format!(
        "Bearer error=\"insufficient_user_authentication\", max_age=\"{}\"",
        max_age.num_seconds()
    );
    let mut headers = HeaderMap::new();
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    ApiError::new(ErrorCode::REAUTHENTICATION_REQUIRED).headers(headers)
}
