//! `POST /storage/buckets/{bucket}/direct-uploads`.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, LOCATION},
    post,
    web::Data,
};
use chrono::{DateTime, Utc};
use mainstay_domain::{BucketName, MediaType, ObjectKey, Sha256, parse_metadata};
use mainstay_services::storage::{NewDirect, StorageService};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{
    error::{ApiError, FieldErrors, Problem},
    extract::{AnyCaller, ValidJson},
    storage::names::BucketPath,
};

/// A file that is to be sent to the object store.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateDirectUploadBody {
    /// What to call it in the bucket.
    #[schema(min_length = 1, max_length = 1024, example = "2026/q3.pdf")]
    key: String,
    /// Its length, in octets; exactly so many must arrive.
    #[validate(range(min = 0))]
    #[schema(minimum = 0, example = 48_213)]
    size: i64,
    /// What it is, as far as its octets do not tell.
    #[serde(default)]
    #[schema(required = false, max_length = 255, example = "application/pdf")]
    content_type: Option<String>,
    /// SHA-256 of its octets, in hexadecimal digits. It may be told at the end as well.
    #[serde(default)]
    #[schema(required = false, pattern = "^[0-9a-fA-F]{64}$")]
    sha256: Option<String>,
    /// What to say about it; what is said about a file that is there stays if left out.
    #[serde(default)]
    #[schema(required = false, example = json!({ "quarter": "3" }))]
    metadata: BTreeMap<String, String>,
    /// `*`: only if there is no such file when the upload is completed.
    #[serde(default)]
    #[schema(required = false, pattern = "^\\*$", example = "*")]
    if_none_match: Option<String>,
    /// SHA-256 of the octets that it may replace, and no others: the ETag of the file that is there, with
    /// its quotes or without.
    #[serde(default)]
    #[schema(required = false, pattern = "^\"?[0-9a-fA-F]{64}\"?$")]
    if_match: Option<String>,
}

impl CreateDirectUploadBody {
    fn parse(self, bucket: BucketName) -> Result<NewDirect, ApiError> {
        let mut errors = FieldErrors::new();
        let key = errors.check("key", ObjectKey::parse(&self.key));
        let kind = errors.check_optional("content_type", self.content_type.as_deref(), MediaType::parse);
        let sha256 = errors.check_optional("sha256", self.sha256.as_deref(), Sha256::parse);
        let metadata = errors.check("metadata", parse_metadata(self.metadata));
        let over = errors.check_optional("if_match", self.if_match.as_deref(), |tag| {
            Sha256::parse(unquoted(tag))
        });
        match (self.if_none_match.as_deref(), &self.if_match) {
            (None, _) | (Some("*"), None) => {}
            (Some("*"), Some(_)) => errors.add("if_match", "CONFLICT", "cannot hold with if_none_match"),
            (Some(_), _) => errors.add("if_none_match", "INVALID_FORMAT", "must be `*`"),
        }
        let (key, kind, sha256, metadata, over) = errors.all((key, kind, sha256, metadata, over))?;
        Ok(NewDirect {
            bucket,
            key,
            size: self.size.unsigned_abs(),
            declared_type: kind,
            metadata,
            sha256,
            only_new: self.if_none_match.is_some(),
            only_over: over,
        })
    }
}

/// Where to send the file.
#[derive(Serialize, ToSchema)]
#[schema(as = DirectUpload)]
pub(super) struct DirectUploadBody {
    /// The upload.
    id: Uuid,
    /// How to send the file: `PUT`.
    #[schema(example = "PUT")]
    method: &'static str,
    /// Where to. Whoever knows it may send the file.
    #[schema(
        example = "https://acme-files.s3.eu-central-1.amazonaws.com/reports/0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e?X-Amz-Signature=…"
    )]
    url: String,
    /// Headers that must come with it, as they are here.
    #[schema(example = json!({ "Content-Type": "application/pdf" }))]
    headers: BTreeMap<&'static str, String>,
    /// Until when it can be sent. The upload can be completed for an hour longer.
    expires_at: DateTime<Utc>,
}

/// Begin a direct upload
///
/// The answer tells where the client sends the file: to the object store itself, in one `PUT`, without the
/// token. There is no file before the upload is completed. 409 `DIRECT_UPLOAD_UNAVAILABLE` where the object
/// store cannot be reached by anybody else. At most 5 GiB.
#[utoipa::path(
    operation_id = "create_direct_upload",
    tag = "files",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath),
    request_body = CreateDirectUploadBody,
    responses(
        (status = 201, description = "Where to send the file.", body = DirectUploadBody, headers(
            ("Location" = String, description = "The upload, to complete it or give it up."),
        )),
        (status = 409, description = "DIRECT_UPLOAD_UNAVAILABLE, KEY_TAKEN, UPLOAD_LIMIT", body = Problem, content_type = "application/problem+json"),
        (status = 412, description = "PRECONDITION_FAILED", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "FILE_TOO_LARGE, QUOTA_EXCEEDED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/buckets/{bucket}/direct-uploads")]
pub(super) async fn create_direct_upload(
    storage: Data<StorageService>,
    caller: AnyCaller,
    bucket: BucketPath,
    body: ValidJson<CreateDirectUploadBody>,
) -> Result<HttpResponse, ApiError> {
    let new = body.0.parse(bucket.0.clone())?;
    let offer = storage.create_direct_upload(&caller, new).await?;
    let location = format!("/api/v1/storage/buckets/{}/direct-uploads/{}", bucket.0, offer.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(DirectUploadBody {
            id: offer.id.uuid(),
            method: "PUT",
            url: offer.url,
            headers: BTreeMap::from([("Content-Type", offer.content_type.to_string())]),
            expires_at: offer.expires_at,
        }))
}

fn unquoted(tag: &str) -> &str {
    let inner = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    inner.unwrap_or(tag)
}
