//! The error every handler and extractor returns.

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ALLOW, HeaderMap, HeaderValue, RETRY_AFTER},
    },
};
use mainstay_domain::InvalidValue;

use super::{ChallengeBody, ErrorCode, FieldError, FieldErrors};

/// An error answer in the making. The outermost middleware turns it into a problem document,
/// because only there the request id and the path are known.
#[derive(Debug)]
pub struct ApiError(Box<Parts>);

/// Boxed, so that a `Result` with this error stays small.
#[derive(Debug)]
struct Parts {
    code: ErrorCode,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    allow: Option<HeaderValue>,
    headers: HeaderMap,
    challenge: Option<ChallengeBody>,
}

impl ApiError {
    /// An error with nothing to add to its code.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Parts {
            code,
            detail: None,
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            headers: HeaderMap::new(),
            challenge: None,
        }))
    }

    /// `NOT_FOUND`.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NOT_FOUND)
    }

    /// `VALIDATION_FAILED` for one field that broke a rule of the domain.
    #[must_use]
    pub fn invalid(field: impl Into<Cow<'static, str>>, error: &InvalidValue) -> Self {
        Self::new(ErrorCode::VALIDATION_FAILED).field(field, error.code, error.message)
    }

    /// Adds a sentence about this occurrence, for people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a refused field.
    #[must_use]
    pub fn field(
        mut self,
        field: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.errors.push(FieldError {
            field: field.into(),
            code: code.into(),
            message: message.into(),
        });
        self
    }

    /// Tells the client when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Tells which methods the resource answers to.
    #[must_use]
    pub fn allow(mut self, methods: HeaderValue) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// Adds headers to the answer.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        for (name, value) in headers {
            self.0.headers.append(name, value);
        }
        self
    }

    /// Asks for a proof of work.
    #[must_use]
    pub fn challenge(mut self, challenge: ChallengeBody) -> Self {
        self.0.challenge = Some(challenge);
        self
    }

    /// The proof of work that is asked for.
    #[must_use]
    pub fn challenge_body(&self) -> Option<&ChallengeBody> {
        self.0.challenge.as_ref()
    }

    /// When the client shall try again, if it was told.
    #[must_use]
    pub fn retry_after_hint(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The sentence about this occurrence.
    #[must_use]
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The refused fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.as_str())
    }
}

impl std::error::Error for ApiError {}

impl From<FieldErrors> for ApiError {
    fn from(errors: FieldErrors) -> Self {
        let mut error = Self::new(ErrorCode::VALIDATION_FAILED);
        error.0.errors = errors.into_vec();
        error
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// Status and headers only; the body is added by the outermost middleware.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        if let Some(after) = self.0.retry_after {
            // Rounded up: a client that comes back early is turned away once more.
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        if let Some(allow) = &self.0.allow {
            response.headers_mut().insert(ALLOW, allow.clone());
        }
        response
    }
}
