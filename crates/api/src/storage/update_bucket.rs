//! `PATCH /storage/buckets/{bucket}`.

use actix_web::{HttpResponse, patch, web::Data};
use mainstay_services::storage::{BucketChanges, StorageService};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    bucket_body::{BucketBody, bucket_etag, parse_types},
    names::BucketPath,
};
use crate::{
    error::{ApiError, FieldErrors},
    extract::{IfMatch, Patch, RequestOrigin, Require, StorageBuckets, ValidJson},
};

/// Changes to a bucket. Left-out fields stay; null takes a limit away.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateBucketBody {
    /// Whether anybody may read its files without logging in.
    public: Option<bool>,
    /// Whether every user may keep files of their own in it.
    open: Option<bool>,
    /// The largest file, in octets.
    #[serde(default)]
    #[schema(value_type = Option<i64>, required = false, example = 10_485_760)]
    max_file_size: Patch<i64>,
    /// All files together, in octets. It may be less than what is kept: then nothing more fits.
    #[serde(default)]
    #[schema(value_type = Option<i64>, required = false, example = 1_073_741_824)]
    quota: Patch<i64>,
    /// Only files of these types; empty for any.
    #[validate(length(max = 50))]
    #[schema(max_items = 50, example = json!(["image/*"]))]
    allowed_types: Option<Vec<String>>,
}

impl UpdateBucketBody {
    fn parse(self) -> Result<BucketChanges, ApiError> {
        let mut errors = FieldErrors::new();
        let types = self.allowed_types.as_deref();
        let types = types.map(|raw| parse_types(&mut errors, raw));
        let (file_size, quota) = (self.max_file_size.into_change(), self.quota.into_change());
        at_least(&mut errors, ("max_file_size", 1), file_size);
        at_least(&mut errors, ("quota", 0), quota);
        errors.finish()?;
        Ok(BucketChanges {
            public: self.public,
            open: self.open,
            file_size,
            quota,
            types,
        })
    }
}

fn at_least(errors: &mut FieldErrors, (field, least): (&'static str, i64), value: Option<Option<i64>>) {
    if value.flatten().is_some_and(|value| value < least) {
        errors.add(field, "OUT_OF_RANGE", format!("must be at least {least}"));
    }
}

/// Change a bucket
///
/// Needs `storage:buckets`. Limits hold for what is written from now on; what is there stays.
#[utoipa::path(
    operation_id = "update_bucket",
    tag = "buckets",
    security(("bearer" = []), ("api_key" = [])),
    params(BucketPath, IfMatch),
    request_body = UpdateBucketBody,
    responses(
        (status = 200, description = "The changed bucket.", body = BucketBody, headers(("ETag" = String, description = "Version of the bucket's rules."))),
    ),
)]
#[patch("/buckets/{bucket}")]
pub(super) async fn update_bucket(
    storage: Data<StorageService>,
    actor: Require<StorageBuckets>,
    (bucket, if_match): (BucketPath, IfMatch),
    origin: RequestOrigin,
    body: ValidJson<UpdateBucketBody>,
) -> Result<HttpResponse, ApiError> {
    let changes = body.0.parse()?;
    let expected = if_match.version_of(&bucket.0)?;
    let changed = storage
        .update_bucket(&actor, (&bucket.0, expected), changes, &origin.0)
        .await?;
    Ok(bucket_etag(&changed).ok(&BucketBody::from(changed.clone())))
}
