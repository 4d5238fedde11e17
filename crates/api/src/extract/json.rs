//! JSON bodies.

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING},
    web::{self, Bytes},
};
use futures::future::LocalBoxFuture;
use serde::de::{DeserializeOwned, IgnoredAny};
use validator::Validate;

use super::{idempotency::BodyFingerprint, refusal};
use crate::{
    error::{ApiError, ErrorCode},
    middleware::Patience,
    settings::BodyLimit,
};

/// A JSON body that has the expected shape and satisfies the rules of its type.
///
/// The type should refuse unknown fields: `#[serde(deny_unknown_fields)]`.
#[derive(Debug, Clone)]
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for ValidJson<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = read_body(&request, payload).await?;
            BodyFingerprint::remember(&request, &bytes);
            let value: T = parse(&bytes)?;
            value.validate().map_err(|errors| refusal::of_rules(&errors))?;
            Ok(Self(value))
        })
    }
}

async fn read_body(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, ApiError> {
    check_type(request)?;
    let limit = request.app_data::<BodyLimit>().copied().unwrap_or_default().0;
    // An honest client is refused before it has sent the whole body.
    if declared_length(request).is_some_and(|length| length > limit) {
        return Err(ApiError::new(ErrorCode::PAYLOAD_TOO_LARGE));
    }
    let body = web::Payload::from_request(request, &mut payload)
        .await
        .map_err(|_| ApiError::new(ErrorCode::BAD_REQUEST))?;
    let patience = request.extensions().get::<Patience>().cloned();
    let body = body.to_bytes_limited(limit);
    let body = match patience {
        Some(patience) => patience.wait(body).await?,
        None => body.await,
    };
    match body {
        Err(_) => Err(ApiError::new(ErrorCode::PAYLOAD_TOO_LARGE)),
        Ok(Err(_)) => Err(ApiError::new(ErrorCode::BAD_REQUEST).detail("The body broke off.")),
        Ok(Ok(bytes)) => Ok(bytes),
    }
}

/// Only JSON, and not compressed: a small compressed body can unfold to gigabytes.
fn check_type(request: &HttpRequest) -> Result<(), ApiError> {
    let refused = |detail: &'static str| ApiError::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE).detail(detail);
    let plain = request
        .headers()
        .get(CONTENT_ENCODING)
        .is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !plain {
        return Err(refused("Request bodies must not be compressed."));
    }
    if is_json(request) {
        Ok(())
    } else {
        Err(refused("The body must be application/json."))
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let Some(value) = request.headers().get(CONTENT_TYPE) else {
        return false;
    };
    if value.as_bytes() == b"application/json" {
        return true;
    }
    let essence = value.as_bytes().split(|b| *b == b';').next().unwrap_or_default();
    let essence = essence.trim_ascii().to_ascii_lowercase();
    essence == b"application/json" || (essence.starts_with(b"application/") && essence.ends_with(b"+json"))
}

/// Whether a body comes with the request.
pub(crate) fn has_body(request: &HttpRequest) -> bool {
    declared_length(request).is_some_and(|length| length > 0)
        || request.headers().contains_key(TRANSFER_ENCODING)
}

fn declared_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// serde would read a list into a struct, field by field, in an order that nobody was told.
fn refuse_list<T: DeserializeOwned>(bytes: &[u8]) -> Result<(), ApiError> {
    if !bytes.trim_ascii_start().starts_with(b"[") || takes_list::<T>() {
        return Ok(());
    }
    match serde_json::from_slice::<IgnoredAny>(bytes) {
        Ok(_) => Err(refusal::of_list()),
        Err(error) => Err(malformed(&error)),
    }
}

fn takes_list<T: DeserializeOwned>() -> bool {
    let error = serde_json::from_str::<T>("{}").err();
    error.is_some_and(|error| error.to_string().starts_with("invalid type: map"))
}

/// Parses the fast way first. Only a document of the wrong shape is parsed again, slowly, to
/// find out which field it was.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    refuse_list::<T>(bytes)?;
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if !error.is_data() {
        return Err(malformed(&error));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(traced) => Err(refusal::of_shape(traced.path(), &traced.inner().to_string())),
        Ok(_) => Err(malformed(&error)),
    }
}

fn malformed(error: &serde_json::Error) -> ApiError {
    let (line, column) = (error.line(), error.column());
    let what = if error.is_eof() {
        "ends too early"
    } else {
        "is not well-formed"
    };
    ApiError::new(ErrorCode::MALFORMED_JSON)
        .detail(format!("The body {what} (line {line}, column {column})."))
}
