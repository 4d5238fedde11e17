//! `POST /auth/refresh`.

use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web, web::Data};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{
    delivery::Delivery,
    token_body::{self, TokenBody},
};
use crate::{
    error::{ApiError, ErrorCode, Problem},
    extract::{RequestOrigin, ValidJson, has_body},
};

/// The token to exchange.
#[derive(Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshBody {
    /// The living refresh token of a session. Left out where the cookie holds it.
    #[validate(length(min = 1, max = 256))]
    #[schema(nullable = false, min_length = 1, max_length = 256, example = "mst_rt_…")]
    refresh_token: Option<String>,
}

/// Refresh
///
/// Exchanges a refresh token for its successor and a new access token. The old token works
/// no more, but for a few seconds gets the same successor; later it ends the session. With
/// `X-Auth-Mode: cookie` the token comes from the cookie, and its successor goes there.
#[utoipa::path(
    operation_id = "refresh",
    tag = "auth",
    request_body = RefreshBody,
    params(("X-Auth-Mode" = Option<String>, Header, description = "`cookie` takes the token from the cookie and puts its successor there, where the server allows it.", pattern = "^(body|cookie)$", example = "body")),
    responses(
        (status = 200, description = "New tokens of the session.", body = TokenBody),
        (status = 401, description = "INVALID_REFRESH_TOKEN", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "CROSS_SITE_REQUEST", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/refresh")]
pub(super) async fn refresh(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    delivery: Delivery,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let sent = sent_token(&request, payload, &delivery).await?;
    let token = match (&delivery, sent) {
        (Delivery::Cookie(_), Some(_)) => return Err(refused("CONTRADICTORY", "must be left to the cookie")),
        (Delivery::Cookie(cookie), None) => {
            let cookie = cookie.clone();
            cookie.ok_or_else(|| ApiError::new(ErrorCode::INVALID_REFRESH_TOKEN))?
        }
        (Delivery::Body, Some(token)) => token,
        (Delivery::Body, None) => return Err(refused("REQUIRED", "is required")),
    };
    match auth.refresh(&token, &origin.0).await {
        Ok(pair) => Ok(token_body::answer(pair, &delivery)),
        Err(error) => Err(delivery.forget_if_refused(error.into())),
    }
}

/// The token in the body; where the cookie holds it there need not be a body.
async fn sent_token(
    request: &HttpRequest,
    payload: web::Payload,
    delivery: &Delivery,
) -> Result<Option<String>, ApiError> {
    if delivery.is_cookie() && !has_body(request) {
        return Ok(None);
    }
    let mut payload = payload.into_inner();
    let body = ValidJson::<RefreshBody>::from_request(request, &mut payload).await?;
    Ok(body.0.refresh_token)
}

fn refused(code: &'static str, message: &'static str) -> ApiError {
    ApiError::new(ErrorCode::VALIDATION_FAILED).field("refresh_token", code, message)
}
