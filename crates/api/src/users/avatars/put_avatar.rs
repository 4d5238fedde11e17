//! `PUT /users/me/avatar`.

use actix_web::{
    HttpRequest, HttpResponse, put,
    web::{Data, Payload},
};
use mainstay_services::users::AvatarService;

use super::receive::{receive, refuse_other_types};
use crate::{
    error::{ApiError, Problem},
    extract::{Caller, RequestOrigin},
    storage::Octets,
    users::{UserBody, user_etag},
};

/// Set own avatar
///
/// The body is a PNG, JPEG, WebP or GIF; which of them, its octets tell. What is kept is not the file
/// but the square in the middle of its first frame, turned upright, in up to four sizes, encoded
/// anew: metadata such as the place where it was taken are gone. `avatar_url` is another each time.
#[utoipa::path(
    operation_id = "put_my_avatar",
    tag = "me",
    security(("bearer" = [])),
    request_body(content(
        (Octets = "image/png"),
        (Octets = "image/jpeg"),
        (Octets = "image/webp"),
        (Octets = "image/gif"),
    )),
    responses(
        (status = 200, description = "The profile with the new `avatar_url`.", body = UserBody, headers(("ETag" = String, description = "Version of the profile."))),
        (status = 408, description = "REQUEST_TIMEOUT", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "PAYLOAD_TOO_LARGE, IMAGE_TOO_LARGE", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "UNSUPPORTED_MEDIA_TYPE", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "IMAGE_BROKEN", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "STORAGE_FULL", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[put("/me/avatar")]
pub(in crate::users) async fn put_my_avatar(
    avatars: Data<AvatarService>,
    caller: Caller,
    request: HttpRequest,
    origin: RequestOrigin,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    refuse_other_types(&request)?;
    let octets = receive(&request, body, avatars.max_size()).await?;
    let user = avatars.put_avatar(&caller, octets, &origin.0).await?;
    Ok(user_etag(&user).ok(&UserBody::from(&user)))
}
