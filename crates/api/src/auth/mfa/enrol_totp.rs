//! `POST /auth/mfa/totp`.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    post,
    web::Data,
};
use mainstay_domain::FactorName;
use mainstay_services::auth::AuthService;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::qr;
use crate::{
    error::{ApiError, Problem},
    extract::{RecentCaller, ValidJson},
};

/// An authenticator app to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrolTotpBody {
    /// What to call it.
    #[serde(default = "default_name")]
    #[schema(
        min_length = 1,
        max_length = 64,
        default = "Authenticator app",
        example = "My phone"
    )]
    name: String,
}

fn default_name() -> String {
    "Authenticator app".to_owned()
}

/// What the app needs to know; shown once.
#[derive(Serialize, ToSchema)]
#[schema(as = TotpEnrolment)]
pub(super) struct TotpEnrolmentBody {
    /// Identity of the app.
    id: Uuid,
    /// The secret in base32, to be typed in.
    #[schema(example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret: String,
    /// The same as an address.
    #[schema(example = "otpauth://totp/Mainstay:ada%40example.com?secret=…")]
    otpauth_uri: String,
    /// The same as a picture to be scanned (SVG).
    #[schema(required, example = "<svg …>")]
    qr_svg: Option<String>,
}

/// Add an authenticator app
///
/// Answers with a secret for the app, by which nothing changes yet: the app becomes a factor
/// when one of its codes is confirmed within a quarter of an hour. An app that was offered
/// before and not confirmed is forgotten.
#[utoipa::path(
    operation_id = "enrol_totp",
    tag = "mfa",
    security(("bearer" = [])),
    request_body = EnrolTotpBody,
    responses(
        (status = 201, description = "What the app needs to know.", body = TotpEnrolmentBody),
        (status = 403, description = "REAUTHENTICATION_REQUIRED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "TOO_MANY_FACTORS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/totp")]
pub(super) async fn enrol_totp(
    auth: Data<AuthService>,
    caller: RecentCaller,
    body: ValidJson<EnrolTotpBody>,
) -> Result<HttpResponse, ApiError> {
    let name = FactorName::parse(body.0.name.trim()).map_err(|why| ApiError::invalid("name", &why))?;
    let offered = auth.enrol_totp(&caller, name).await?;
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(TotpEnrolmentBody {
            id: offered.factor.id.uuid(),
            qr_svg: qr::svg_of(&offered.uri),
            secret: offered.secret,
            otpauth_uri: offered.uri,
        }))
}
