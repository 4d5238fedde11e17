//! `GET /auth/identities` and `DELETE /auth/identities/{id}`.

use actix_web::{HttpResponse, delete, get, web::Data};
use mainstay_domain::IdentityId;
use mainstay_services::auth::AuthService;
use serde::Serialize;
use utoipa::ToSchema;

use super::outcome_body::IdentityBody;
use crate::{
    error::{ApiError, Problem},
    extract::{Caller, IdPath, RecentCaller, RequestOrigin},
};

/// Identities that open the account.
#[derive(Serialize, ToSchema)]
#[schema(as = Identities)]
struct IdentitiesBody {
    /// Oldest first.
    data: Vec<IdentityBody>,
}

/// List own identities at other providers
///
/// Whoever proves one of them at its provider gets into the account.
#[utoipa::path(
    operation_id = "list_identities",
    tag = "auth",
    security(("bearer" = [])),
    responses((status = 200, description = "All of them.", body = IdentitiesBody)),
)]
#[get("/identities")]
pub(super) async fn list_identities(
    auth: Data<AuthService>,
    caller: Caller,
) -> Result<HttpResponse, ApiError> {
    let identities = auth.list_identities(&caller).await?;
    let data = identities.iter().map(IdentityBody::from).collect();
    Ok(HttpResponse::Ok().json(IdentitiesBody { data }))
}

/// Unlink an identity
///
/// It opens the account no more. The last way to sign in cannot be given up.
#[utoipa::path(
    operation_id = "unlink_identity",
    tag = "auth",
    security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The identity's link.")),
    responses(
        (status = 204, description = "It is unlinked."),
        (status = 409, description = "LAST_SIGN_IN_METHOD", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/identities/{id}")]
pub(super) async fn unlink_identity(
    auth: Data<AuthService>,
    caller: RecentCaller,
    id: IdPath<IdentityId>,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    auth.unlink_identity(&caller, id.0, &origin.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
