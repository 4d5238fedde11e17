//! `POST /auth/mfa/recovery-codes`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::RecoveryCode;
use mainstay_services::auth::AuthService;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::token_body::secret,
    error::{ApiError, Problem},
    extract::{RecentCaller, RequestOrigin},
};

/// Codes for whoever loses every other factor.
#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub(in crate::auth) struct RecoveryCodesBody {
    /// Each works once. They are never shown again. `null` if the account had some before.
    #[schema(required, example = json!(["7k3mxq-2v9hcd-p4tb8n-w6zr5j"]))]
    recovery_codes: Option<Vec<String>>,
}

impl From<Option<Vec<RecoveryCode>>> for RecoveryCodesBody {
    fn from(codes: Option<Vec<RecoveryCode>>) -> Self {
        let shown = |codes: Vec<RecoveryCode>| codes.iter().map(RecoveryCode::expose).collect();
        Self {
            recovery_codes: codes.map(shown),
        }
    }
}

/// Make new recovery codes
///
/// The old ones stop working.
#[utoipa::path(
    operation_id = "regenerate_recovery_codes",
    tag = "mfa",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Ten new codes.", body = RecoveryCodesBody),
        (status = 403, description = "REAUTHENTICATION_REQUIRED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "MFA_NOT_ENABLED", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/recovery-codes")]
pub(super) async fn regenerate_recovery_codes(
    auth: Data<AuthService>,
    caller: RecentCaller,
    origin: RequestOrigin,
) -> Result<HttpResponse, ApiError> {
    let codes = auth.regenerate_recovery_codes(&caller, &origin.0).await?;
    Ok(secret(&RecoveryCodesBody::from(Some(codes))))
}
