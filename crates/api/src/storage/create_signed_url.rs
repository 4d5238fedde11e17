//! `POST /storage/buckets/{bucket}/signed-urls`.

use actix_web::{HttpResponse, post, web::Data};
use chrono::{DateTime, Duration, Utc};
use mainstay_domain::ObjectKey;
use mainstay_services::storage::{SignedMethod, SignedUrl, StorageService, UrlRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::names::{BucketPath, encode_key};
use crate::{
    error::{ApiError, Problem},
    extract::{AnyCaller, RequestOrigin, ValidJson},
};

/// What a URL is for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = SignedMethod)]
pub(super) enum MethodBody {
    /// Reading the file; HEAD works too.
    Get,
    /// Writing it.
    Put,
}

/// What browsers are to do with the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SignedDisposition)]
pub(super) enum DispositionBody {
    /// Show it, if it is of a type that is safe to show.
    Inline,
    /// Save it.
    Attachment,
}

/// What a URL is wanted for.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignUrlBody {
    /// The key of the file.
    #[schema(min_length = 1, max_length = 1024, example = "2026/q3.pdf")]
    key: String,
    /// Reading or writing.
    method: MethodBody,
    /// For how long, in seconds; seven days at most.
    #[validate(range(min = 1, max = 604_800))]
    #[schema(minimum = 1, maximum = 604_800, example = 3600)]
    expires_in: i64,
    /// What browsers are to do with the file; `inline` if left out.
    #[serde(default)]
    #[schema(required = false)]
    disposition: Option<DispositionBody>,
}

/// A signed URL.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedUrl)]
pub(super) struct SignedUrlBody {
    /// The URL, relative to this server: whatever name clients know it by, it works.
    #[schema(
        example = "/api/v1/storage/signed/reports/2026/q3.pdf?expires=1790000000&by=0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e&signature=c2lnbmF0dXJl"
    )]
    url: String,
    /// Until when it works.
    expires_at: DateTime<Utc>,
}

/// Sign a URL
///
/// For something that the caller may do themselves: whoever has the URL may do it without logging in.
/// It is bound to method, bucket, key, file, expiry and disposition, and ends early with its file, its
/// signer's or owner's account, or when the bucket's URLs are revoked. Noted in the audit log.
#[utoipa::path(
    operation_id = "create_signed_url",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath),
    request_body = SignUrlBody,
    responses(
        (status = 201, description = "The URL.", body = SignedUrlBody),
        (status = 409, description = "KEY_TAKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets/{bucket}/signed-urls")]
pub(super) async fn create_signed_url(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    origin: RequestOrigin,
    body: ValidJson<SignUrlBody>,
) -> Result<HttpResponse, ApiError> {
    let body = body.0;
    let key = ObjectKey::parse(&body.key).map_err(|error| ApiError::invalid("key", &error))?;
    let request = UrlRequest {
        bucket: bucket.0,
        key,
        method: match body.method {
            MethodBody::Get => SignedMethod::Get,
            MethodBody::Put => SignedMethod::Put,
        },
        lasts: Duration::seconds(body.expires_in),
        attachment: body.disposition == Some(DispositionBody::Attachment),
    };
    let url = storage.sign_url(&caller, &request, &origin.0).await?;
    Ok(HttpResponse::Created().json(SignedUrlBody {
        url: text(&request, &url),
        expires_at: DateTime::from_timestamp(url.expires, 0).unwrap_or_default(),
    }))
}

fn text(request: &UrlRequest, url: &SignedUrl) -> String {
    let disposition = if url.attachment {
        "&disposition=attachment"
    } else {
        ""
    };
    format!(
        "/api/v1/storage/signed/{}/{}?expires={}&by={}{disposition}&signature={}",
        request.bucket,
        encode_key(&request.key),
        url.expires,
        url.by,
        url.signature
    )
}
