//! The proof of a second factor, as clients send it.

use mainstay_domain::{RecoveryCode, TotpCode};
use mainstay_services::auth::SecondFactorProof;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    auth::passkeys::AssertionBody,
    error::{ApiError, ErrorCode},
};

/// Which second factor is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    /// A code of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

/// Parses what came along with `method`.
pub(super) fn parse(
    method: Method,
    code: Option<&str>,
    passkey: Option<&AssertionBody>,
) -> Result<SecondFactorProof, ApiError> {
    let code = || code.ok_or_else(|| missing("code"));
    let proof = match method {
        Method::Totp => TotpCode::parse(code()?).map(SecondFactorProof::Totp),
        Method::RecoveryCode => RecoveryCode::parse(code()?).map(SecondFactorProof::RecoveryCode),
        Method::Passkey => {
            let passkey = passkey.ok_or_else(|| missing("passkey"))?;
            return Ok(SecondFactorProof::Passkey(passkey.parse()?));
        }
    };
    proof.map_err(|why| ApiError::invalid("code", &why))
}

/// A field that the method needs is not there.
pub(super) fn missing(field: &'static str) -> ApiError {
    ApiError::new(ErrorCode::VALIDATION_FAILED).field(field, "REQUIRED", "is required for this method")
}
