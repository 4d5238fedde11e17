//! Taking octets in as they come.

use std::{fmt::Display, time::Duration};

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, ETAG, LOCATION},
    web::Bytes,
};
use futures::Stream;
use mainstay_domain::{BucketName, MediaType, Origin};
use mainstay_services::storage::{Condition, NewUpload, Placed, Upload};

use super::{
    digest_headers,
    file_body::FileBody,
    names::{FilePath, location},
};
use crate::{
    error::{ApiError, ErrorCode},
    extract::{ETag, IfMatch, IfNoneMatch},
    middleware::{Patience, RequestTimeout},
};

/// How long the object store may take to make octets durable.
const FINISHING: Duration = Duration::from_secs(600);
/// The patience with a request that no deadline stands around.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the head of a request tells of the file in its body.
///
/// # Errors
/// `INVALID_HEADER`, `UNSUPPORTED_MEDIA_TYPE` if the body is compressed.
pub(super) fn announced(
    request: &HttpRequest,
    path: FilePath,
    conditions: (&IfMatch, &IfNoneMatch),
) -> Result<NewUpload, ApiError> {
    refuse_encoded(request)?;
    let length = request.headers().get(CONTENT_LENGTH);
    Ok(NewUpload {
        bucket: path.bucket,
        key: path.key,
        declared_type: declared(request.content_type()),
        length: length.and_then(|length| length.to_str().ok()?.parse().ok()),
        sha256: digest_headers::announced(request)?,
        metadata: None,
        condition: condition(conditions)?,
    })
}

/// What cannot be a type is not one that anybody declared.
pub(super) fn declared(raw: &str) -> Option<MediaType> {
    MediaType::parse(raw).ok()
}

pub(super) fn condition((if_match, if_none_match): (&IfMatch, &IfNoneMatch)) -> Result<Condition, ApiError> {
    if !if_none_match.wants_absent()? {
        return Ok(if_match.of_file());
    }
    if if_match.is_present() {
        return Err(
            ApiError::new(ErrorCode::INVALID_HEADER).detail("If-Match and If-None-Match cannot both hold.")
        );
    }
    Ok(Condition::Absent)
}

/// What is kept are the octets that come, so they must be the file's own.
pub(crate) fn refuse_encoded(request: &HttpRequest) -> Result<(), ApiError> {
    let encoding = request.headers().get(CONTENT_ENCODING);
    if encoding.is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::UNSUPPORTED_MEDIA_TYPE).detail("Request bodies must not be compressed."))
}

/// How long the request may stand still.
pub(crate) fn patience(request: &HttpRequest) -> Patience {
    let limit = request
        .app_data()
        .map_or(PATIENCE, |RequestTimeout(limit)| *limit);
    let known = request.extensions().get::<Patience>().cloned();
    known.unwrap_or_else(|| Patience::new(limit))
}

/// Takes a body in and makes the file.
pub(super) async fn receive<S, E>(
    mut upload: Upload<'_>,
    body: S,
    patience: &Patience,
    origin: &Origin,
) -> Result<Placed, ApiError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Display,
{
    if let Err(error) = feed(&mut upload, body, patience).await {
        upload.give_up().await;
        return Err(error);
    }
    patience.extend(FINISHING);
    Ok(upload.finish(origin).await?)
}

async fn feed<S, E>(upload: &mut Upload<'_>, mut body: S, patience: &Patience) -> Result<(), ApiError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Display,
{
    loop {
        let Some(part) = patience.next_part(&mut body).await? else {
            return Ok(());
        };
        patience.extend(FINISHING);
        upload.write(part.map_err(broke_off)?).await?;
        patience.renew();
    }
}

pub(crate) fn broke_off(error: impl Display) -> ApiError {
    tracing::debug!(%error, "the body of an upload broke off");
    ApiError::new(ErrorCode::BAD_REQUEST).detail("The body broke off.")
}

/// 201 for a new file, 200 for one that was replaced.
pub(super) fn answer(bucket: &BucketName, placed: Placed) -> HttpResponse {
    let mut response = if placed.created {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    let tag = ETag::of_octets(&placed.file.sha256);
    response
        .insert_header((ETAG, tag.as_str()))
        .insert_header((LOCATION, location(bucket, &placed.file.key)))
        .json(FileBody::new(bucket, placed.file))
}
