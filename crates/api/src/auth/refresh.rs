//! `POST /auth/refresh`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::token_body::{self, TokenBody};
use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, ValidJson},
};

/// The token to exchange.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshBody {
    /// The living refresh token of a session.
    #[validate(length(min = 1, max = 256))]
    #[schema(min_length = 1, max_length = 256, example = "mst_rt_…")]
    refresh_token: String,
}

/// Refresh
///
/// Exchanges a refresh token for its successor and a new access token. The old token works
/// no more, but for a few seconds gets the same successor; later it ends the session.
#[utoipa::path(
    operation_id = "refresh",
    tag = "auth",
    request_body = RefreshBody,
    responses(
        (status = 200, description = "New tokens of the session.", body = TokenBody),
        (status = 401, description = "INVALID_REFRESH_TOKEN", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/refresh")]
pub(super) async fn refresh(
    auth: Data<AuthService>,
    origin: RequestOrigin,
    body: ValidJson<RefreshBody>,
) -> Result<HttpResponse, ApiError> {
    let pair = auth.refresh(&body.0.refresh_token, &origin.0).await?;
    Ok(token_body::answer(pair))
}
