//! Buckets and keys in paths.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use mainstay_domain::{BucketName, ObjectKey};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{Object, ObjectBuilder, Type},
    },
};

use crate::error::ApiError;

/// What stands in a path as it is (RFC 3986 section 2.3), and the slash between folders.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The bucket in a path. What cannot be one's name is no bucket.
pub(super) struct BucketPath(pub(super) BucketName);

/// The bucket and the key in a path: everything behind the bucket's name. It is decoded once; an
/// encoded slash parts folders like a plain one.
pub(super) struct FilePath {
    pub(super) bucket: BucketName,
    pub(super) key: ObjectKey,
}

impl FromRequest for BucketPath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(bucket_in(request).map(Self))
    }
}

impl FromRequest for FilePath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(bucket_in(request).and_then(|bucket| {
            let key = key_in(request)?;
            Ok(Self { bucket, key })
        }))
    }
}

fn bucket_in(request: &HttpRequest) -> Result<BucketName, ApiError> {
    let raw = request.match_info().get("bucket").unwrap_or_default();
    BucketName::parse(raw).map_err(|_| ApiError::not_found())
}

/// From the path as it was sent: the router decodes some characters and others not.
fn key_in(request: &HttpRequest) -> Result<ObjectKey, ApiError> {
    let pattern = request.match_pattern().unwrap_or_default();
    let before = pattern.split('/').position(|part| part.starts_with("{key"));
    let raw = before.and_then(|before| request.uri().path().splitn(before + 1, '/').nth(before));
    let decoded = percent_decode_str(raw.unwrap_or_default()).decode_utf8();
    let decoded = decoded.map_err(|_| {
        ApiError::new(crate::error::ErrorCode::VALIDATION_FAILED).field("key", "INVALID_KEY", "must be UTF-8")
    })?;
    ObjectKey::parse(&decoded).map_err(|error| ApiError::invalid("key", &error))
}

/// A key as it stands in a path.
pub(super) fn encode_key(key: &ObjectKey) -> String {
    utf8_percent_encode(key.as_str(), PATH).to_string()
}

/// Where a file is found.
pub(super) fn location(bucket: &BucketName, key: &ObjectKey) -> String {
    format!("/api/v1/storage/buckets/{bucket}/files/{}", encode_key(key))
}

fn in_path(name: &str, description: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}

impl IntoParams for BucketPath {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = Object::builder()
            .schema_type(Type::String)
            .pattern(Some("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"));
        vec![in_path("bucket", "The bucket.", schema)]
    }
}

impl IntoParams for FilePath {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = Object::builder()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(1024));
        let description = "The key of the file: the rest of the path, slashes included, of at most 1,024 \
                           octets of UTF-8. An encoded slash parts folders like a plain one.";
        let mut both = BucketPath::into_params(place);
        both.push(in_path("key", description, schema));
        both
    }
}
