//! `POST /auth/logout` and `/auth/logout-all`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;

use crate::{
    error::ApiError,
    extract::{Caller, RequestOrigin},
};

/// Log out
///
/// Ends the session of the access token, at once.
#[utoipa::path(
    operation_id = "logout",
    tag = "auth",
    security(("bearer" = [])),
    responses((status = 204, description = "The session has ended.")),
)]
#[post("/logout")]
pub(super) async fn logout(
    auth: Data<AuthService>,
    caller: Caller,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    auth.logout(&caller, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Log out everywhere
///
/// Ends every session of the caller, this one included, at once.
#[utoipa::path(
    operation_id = "logout_all",
    tag = "auth",
    security(("bearer" = [])),
    responses((status = 204, description = "All sessions have ended.")),
)]
#[post("/logout-all")]
pub(super) async fn logout_all(
    auth: Data<AuthService>,
    caller: Caller,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    auth.logout_all(&caller, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
