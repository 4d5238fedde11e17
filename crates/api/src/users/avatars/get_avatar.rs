//! `GET /avatars/{id}`.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    get,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, ETAG},
    },
    web::Data,
};
use futures::{StreamExt as _, stream};
use mainstay_domain::{Avatar, AvatarId, AvatarSize};
use mainstay_services::users::AvatarService;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    error::ApiError,
    extract::{ETag, IdPath, IfNoneMatch, ValidQuery},
    storage::{Octets, is_head},
};

/// What stands before the id of an avatar in its address, relative to this server.
pub const AVATAR_ADDRESS: &str = "/api/v1/avatars/";
/// An address never shows another picture. But whoever removes one wants it to be gone, so no copy
/// is used for longer than a day.
const CACHE: &str = "public, max-age=86400, immutable";

/// Pixels of an edge.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
enum SizeParam {
    #[serde(rename = "64")]
    Px64,
    #[serde(rename = "128")]
    Px128,
    #[default]
    #[serde(rename = "256")]
    Px256,
    #[serde(rename = "512")]
    Px512,
}

/// How large the picture is wanted.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::users) struct AvatarQuery {
    /// Pixels of an edge; 256 if left out. A picture that was smaller when it was sent is not enlarged.
    #[serde(default)]
    #[param(inline)]
    size: SizeParam,
}

/// See an avatar
///
/// For everybody who knows its address, which nobody can guess, without logging in. An avatar that was
/// removed or replaced, or whose user is not active, is a 404 like one that never was.
#[utoipa::path(
    operation_id = "get_avatar",
    tag = "users",
    params(
        ("id" = uuid::Uuid, Path, description = "The avatar, not the user; `avatar_url` of a user ends with it."),
        AvatarQuery, IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The picture.", content((Octets = "image/jpeg"), (Octets = "image/png")), headers(
            ("ETag" = String, description = "Stays as long as the avatar."),
            ("Cache-Control" = String, description = "Everybody may keep it for a day without asking."),
        )),
        (status = 304, description = "The client has it already."),
    ),
)]
#[get("/{id}")]
pub(in crate::users) async fn get_avatar(
    avatars: Data<AvatarService>,
    id: IdPath<AvatarId>,
    query: ValidQuery<AvatarQuery>,
    if_none_match: IfNoneMatch,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let size = query.0.size.into();
    let avatar = avatars.get_avatar(id.0).await?;
    let tag = ETag::of(avatar.id, i64::from(AvatarSize::edge(size)));
    if if_none_match.matches(&tag) {
        return Ok(head(StatusCode::NOT_MODIFIED, &tag).finish());
    }
    let octets = avatar.octets(size);
    let body = if is_head(&request) {
        stream::empty().boxed()
    } else {
        avatars.read_avatar(&avatar, size).await?.body
    };
    let mut response = head(StatusCode::OK, &tag);
    response
        .insert_header((CONTENT_TYPE, avatar.media_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, disposition(&avatar)));
    Ok(response.body(SizedStream::new(octets.end - octets.start, body)))
}

fn head(status: StatusCode, tag: &ETag) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((ETAG, tag.as_str()))
        .insert_header((CACHE_CONTROL, CACHE))
        // It is compressed already.
        .insert_header((CONTENT_ENCODING, "identity"));
    response
}

fn disposition(avatar: &Avatar) -> &'static str {
    match avatar.media_type.as_str() {
        "image/png" => "inline; filename=\"avatar.png\"",
        _ => "inline; filename=\"avatar.jpg\"",
    }
}

impl From<SizeParam> for AvatarSize {
    fn from(size: SizeParam) -> Self {
        match size {
            SizeParam::Px64 => Self::Px64,
            SizeParam::Px128 => Self::Px128,
            SizeParam::Px256 => Self::Px256,
            SizeParam::Px512 => Self::Px512,
        }
    }
}
