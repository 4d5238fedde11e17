//! `POST /auth/mfa/totp/{id}/confirm`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::{TotpCode, TotpFactorId};
use mainstay_services::auth::{AuthService, ConfirmTotp};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::recovery_codes::RecoveryCodesBody;
use crate::{
    auth::token_body::secret,
    error::{ApiError, Problem},
    extract::{Caller, IdPath, RequestOrigin, ValidJson},
};

/// What the app shows.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfirmTotpBody {
    /// Six digits.
    #[validate(length(max = 32))]
    #[schema(max_length = 32, example = "123456")]
    code: String,
}

/// Confirm an authenticator app
///
/// Makes a factor of the app. With the first factor of an account come its recovery codes,
/// which are shown only this once, and every other session ends.
#[utoipa::path(
    operation_id = "confirm_totp",
    tag = "mfa",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The app.")),
    request_body = ConfirmTotpBody,
    responses(
        (status = 200, description = "The app is a factor.", body = RecoveryCodesBody),
        (status = 403, description = "WRONG_CODE", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "TOO_MANY_FACTORS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/totp/{id}/confirm")]
pub(super) async fn confirm_totp(
    auth: Data<AuthService>,
    caller: Caller,
    id: IdPath<TotpFactorId>,
    origin: RequestOrigin,
    body: ValidJson<ConfirmTotpBody>,
) -> Result<HttpResponse, ApiError> {
    let code = TotpCode::parse(&body.0.code).map_err(|why| ApiError::invalid("code", &why))?;
    let confirm = ConfirmTotp { id: id.0, code };
    let codes = auth.confirm_totp(&caller, confirm, &origin.0).await?;
    Ok(secret(&RecoveryCodesBody::from(codes)))
}
