//! `DELETE /auth/mfa/factors/{id}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, RecentCaller, RequestOrigin, ValidQuery},
};

/// Whether the last factor may go.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeleteFactorParams {
    /// Must be true to remove the last factor, and with it the recovery codes: logins ask for
    /// one factor only from then on.
    #[serde(default)]
    disable_mfa: bool,
}

/// Remove a second factor
///
/// An authenticator app or a passkey. The last one goes only with `disable_mfa=true`, and not
/// while a role of the account demands a second factor.
#[utoipa::path(
    operation_id = "delete_factor",
    tag = "mfa",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The factor."), DeleteFactorParams),
    responses(
        (status = 204, description = "The factor is gone."),
        (status = 403, description = "REAUTHENTICATION_REQUIRED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "LAST_FACTOR, MFA_REQUIRED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/factors/{id}")]
pub(super) async fn delete_factor(
    auth: Data<AuthService>,
    caller: RecentCaller,
    id: IdPath<Uuid>,
    query: ValidQuery<DeleteFactorParams>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let disable = query.0.disable_mfa;
    auth.delete_factor(&caller, (id.0, disable), &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
