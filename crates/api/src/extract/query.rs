//! Query parameters.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use validator::Validate;

use super::refusal;
use crate::error::ApiError;

/// Query parameters that have the expected shape and satisfy the rules of their type.
///
/// The type should refuse unknown parameters: `#[serde(deny_unknown_fields)]`.
#[derive(Debug, Clone)]
pub struct ValidQuery<T>(pub T);

impl<T: DeserializeOwned + Validate> FromRequest for ValidQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

/// Parses and validates parameters.
pub(crate) fn parse<T: DeserializeOwned + Validate>(query: &str) -> Result<T, ApiError> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let deserializer = serde_urlencoded::Deserializer::new(pairs);
    let value: T = serde_path_to_error::deserialize(deserializer)
        .map_err(|error| refusal::of_shape(error.path(), &error.inner().to_string()))?;
    value.validate().map_err(|errors| refusal::of_rules(&errors))?;
    Ok(value)
}
