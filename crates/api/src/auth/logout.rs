//! `POST /auth/logout` and `/auth/logout-all`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;

use super::delivery::Delivery;
use crate::{
    error::{ApiError, Problem},
    extract::{Caller, RequestOrigin},
};

/// Log out
///
/// Ends the session of the access token, at once. With `X-Auth-Mode: cookie` the session of the
/// cookie ends, and the cookie is taken back; an access token may be left out.
#[utoipa::path(
    operation_id = "logout",
    tag = "auth",
    security(("bearer" = [])),
    params(("X-Auth-Mode" = Option<String>, Header, description = "`cookie` ends the session of the cookie and takes it back, where the server allows it.", pattern = "^(body|cookie)$", example = "body")),
    responses(
        (status = 204, description = "The session has ended."),
        (status = 403, description = "CROSS_SITE_REQUEST", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/logout")]
pub(super) async fn logout(
    auth: Data<AuthService>,
    caller: Result<Caller, ApiError>,
    origin: RequestOrigin,
    delivery: Delivery,
) -> Result<HttpResponse, ApiError> {
    if let Delivery::Cookie(cookie) = &delivery {
        // Access tokens may have expired long before somebody logs out.
        if let Ok(caller) = &caller {
            auth.logout(caller, &origin.0).await?;
        }
        if let Some(token) = cookie {
            auth.logout_by_refresh_token(token, &origin.0).await?;
        }
    } else {
        let caller = caller?;
        auth.logout(&caller, &origin.0).await?;
    }
    Ok(delivery.forget(HttpResponse::NoContent().finish()))
}

/// Log out everywhere
///
/// Ends every session of the caller, this one included, at once.
#[utoipa::path(
    operation_id = "logout_all",
    tag = "auth",
    security(("bearer" = [])),
    params(("X-Auth-Mode" = Option<String>, Header, description = "`cookie` takes the cookie back, too, where the server allows it.", pattern = "^(body|cookie)$", example = "body")),
    responses(
        (status = 204, description = "All sessions have ended."),
        (status = 403, description = "CROSS_SITE_REQUEST", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/logout-all")]
pub(super) async fn logout_all(
    auth: Data<AuthService>,
    caller: Caller,
    origin: RequestOrigin,
    delivery: Delivery,
) -> Result<HttpResponse, ApiError> {
    auth.logout_all(&caller, &origin.0).await?;
    Ok(delivery.forget(HttpResponse::NoContent().finish()))
}
