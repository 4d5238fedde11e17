//! `PATCH /auth/passkeys/{id}`.

use actix_web::{HttpResponse, patch, web::Data};
use mainstay_domain::{FactorName, PasskeyId};
use mainstay_services::auth::AuthService;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    error::ApiError,
    extract::{Caller, IdPath, ValidJson},
};

/// What to call a passkey.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RenamePasskeyBody {
    /// The new name.
    #[schema(min_length = 1, max_length = 64, example = "Work laptop")]
    name: String,
}

/// Rename a passkey
#[utoipa::path(
    operation_id = "rename_passkey",
    tag = "passkeys",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The passkey.")),
    request_body = RenamePasskeyBody,
    responses((status = 204, description = "It has the name now.")),
)]
#[patch("/{id}")]
pub(super) async fn rename_passkey(
    auth: Data<AuthService>,
    caller: Caller,
    id: IdPath<PasskeyId>,
    body: ValidJson<RenamePasskeyBody>,
) -> Result<HttpResponse, ApiError> {
    let name = FactorName::parse(body.0.name.trim()).map_err(|why| ApiError::invalid("name", &why))?;
    auth.rename_passkey(&caller, id.0, &name).await?;
    Ok(HttpResponse::NoContent().finish())
}
