//! What a call may fail with.

use mainstay_services::ports::ObjectError;
use reqwest::StatusCode;

use super::wire::Refusal;

/// What a call may fail with.
#[derive(Debug)]
pub(super) enum Failure {
    /// B2 says no, and why.
    Refused(StatusCode, Refusal),
    /// It did not answer as its documentation says.
    Broken(String),
}

impl Failure {
    /// The code of B2's answer.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Refused(_, refusal) => &refusal.code,
            Self::Broken(_) => "",
        }
    }

    /// Without the URL, and without what was sent.
    pub(super) fn transport(error: reqwest::Error) -> Self {
        Self::Broken(error.without_url().to_string())
    }

    /// Whether a new token would help.
    pub(super) fn wants_new_token(&self) -> bool {
        matches!(self.code(), "expired_auth_token" | "bad_auth_token")
    }

    /// Whether another time would help.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Refused(status, _) => {
                status.is_server_error()
                    || matches!(
                        *status,
                        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
                    )
            }
            Self::Broken(_) => true,
        }
    }
}

impl From<Failure> for ObjectError {
    fn from(failure: Failure) -> Self {
        let passes = failure.may_pass();
        match failure {
            Failure::Broken(text) => Self::Unavailable(format!("B2: {text}")),
            Failure::Refused(status, Refusal { code, message }) => {
                let text = format!("B2 answers {status}, {code}: {message}");
                match code.as_str() {
                    "cannot_delete_non_empty_bucket" => Self::NotEmpty,
                    "cap_exceeded" | "storage_cap_exceeded" => Self::Full(text),
                    _ if passes => Self::Unavailable(text),
                    _ => Self::Refused(text),
                }
            }
        }
    }
}
