//! Ids in the path.

use std::{
    fmt,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use uuid::Uuid;

use crate::error::{ApiError, ErrorCode};

/// The id in a path such as `/users/{id}`, as its own type: `IdPath<UserId>`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IdPath<T>(pub T);

impl<T: fmt::Debug> fmt::Debug for IdPath<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: From<Uuid>> FromRequest for IdPath<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    /// Takes the parameter `id`. Only the hyphenated form is an id: one resource has one URL.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("id")
            .filter(|raw| raw.len() == 36)
            .and_then(|raw| Uuid::try_parse(raw).ok());
        ready(id.map(|id| Self(T::from(id))).ok_or_else(|| {
            ApiError::new(ErrorCode::VALIDATION_FAILED).field("id", "INVALID_ID", "must be a UUID")
        }))
    }
}
