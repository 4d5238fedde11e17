//! `GET /auth/mfa`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_services::auth::AuthService;

use super::factors_body::MfaStatusBody;
use crate::{auth::token_body::secret, error::ApiError, extract::Caller};

/// List own second factors
#[utoipa::path(
    operation_id = "list_factors",
    tag = "mfa",
    security(("bearer" = [])),
    responses((status = 200, description = "How the account stands with second factors.", body = MfaStatusBody)),
)]
#[get("")]
pub(super) async fn list_factors(auth: Data<AuthService>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let status = auth.list_factors(&caller).await?;
    Ok(secret(&MfaStatusBody::from(&status)))
}
