//! `POST /auth/passkeys/registration/options` and `/auth/passkeys`.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    post,
    web::Data,
};
use mainstay_domain::{FactorName, RecoveryCode};
use mainstay_services::{
    auth::{AuthService, NewPasskey, RegisteredPasskey},
    ports::RegistrationResponse,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    octets::{credential_id, decode},
    offer_body::CreationOptionsBody,
};
use crate::{
    auth::{mfa::FactorBody, token_body::secret},
    error::{ApiError, FieldErrors, Problem},
    extract::{Caller, RecentCaller, RequestOrigin, ValidJson},
};

/// A passkey to be added.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterPasskeyBody {
    /// What to call it.
    #[serde(default = "default_name")]
    #[schema(min_length = 1, max_length = 64, default = "Passkey", example = "My laptop")]
    name: String,
    /// What `navigator.credentials.create()` answered.
    passkey: CreationBody,
}

fn default_name() -> String {
    "Passkey".to_owned()
}

/// The answer of `navigator.credentials.create()`, as `PublicKeyCredential.toJSON()` writes it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PasskeyCreation)]
#[allow(dead_code, reason = "browsers send more than is needed")]
struct CreationBody {
    /// What the authenticator calls it, in base64url.
    #[schema(example = "AAECAwQFBgcICQoLDA0ODw")]
    id: String,
    /// The same.
    #[schema(example = "AAECAwQFBgcICQoLDA0ODw")]
    raw_id: String,
    /// Always `public-key`.
    #[serde(rename = "type")]
    #[schema(example = "public-key")]
    kind: String,
    /// What the authenticator made.
    response: CreationPartsBody,
    /// `platform` or `cross-platform`.
    authenticator_attachment: Option<String>,
    /// No extension is asked for.
    #[schema(value_type = Option<Object>)]
    client_extension_results: Option<serde_json::Value>,
}

/// What an authenticator made, everything in base64url.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PasskeyCreationParts)]
#[allow(dead_code, reason = "browsers send more than is needed")]
struct CreationPartsBody {
    /// Challenge, origin and type.
    #[serde(rename = "clientDataJSON")]
    #[schema(example = "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0")]
    client_data: String,
    /// The key and what the authenticator says about itself.
    #[schema(example = "AAAA")]
    attestation_object: String,
    /// Ways to reach the authenticator.
    #[serde(default)]
    #[schema(example = json!(["internal"]))]
    transports: Vec<String>,
    /// Part of the attestation object, which is read instead.
    authenticator_data: Option<String>,
    /// Part of the attestation object, which is read instead.
    public_key: Option<String>,
    /// Part of the attestation object, which is read instead.
    public_key_algorithm: Option<i64>,
}

impl RegisterPasskeyBody {
    fn parse(self) -> Result<NewPasskey, ApiError> {
        let mut errors = FieldErrors::new();
        let parts = self.passkey.response;
        let name = errors.check("name", FactorName::parse(self.name.trim()));
        let id = credential_id(&mut errors, "passkey.rawId", &self.passkey.raw_id);
        let client_data = decode(&mut errors, "passkey.response.clientDataJSON", &parts.client_data);
        let object = "passkey.response.attestationObject";
        let object = decode(&mut errors, object, &parts.attestation_object);
        match (name, id, client_data, object) {
            (Some(name), Some(credential_id), Some(client_data), Some(attestation_object)) => {
                Ok(NewPasskey {
                    name,
                    response: RegistrationResponse {
                        credential_id,
                        client_data,
                        attestation_object,
                    },
                    transports: parts.transports,
                })
            }
            _ => Err(errors.into()),
        }
    }
}

/// A passkey that was added.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredPasskey)]
pub(super) struct RegisteredPasskeyBody {
    /// The passkey.
    passkey: FactorBody,
    /// Each works once. They are never shown again. `null` if the account had some before.
    #[schema(required, example = json!(["7k3mxq-2v9hcd-p4tb8n-w6zr5j"]))]
    recovery_codes: Option<Vec<String>>,
}

impl From<&RegisteredPasskey> for RegisteredPasskeyBody {
    fn from(registered: &RegisteredPasskey) -> Self {
        let shown = |codes: &Vec<RecoveryCode>| codes.iter().map(RecoveryCode::expose).collect();
        Self {
            passkey: FactorBody::from(&registered.passkey),
            recovery_codes: registered.recovery_codes.as_ref().map(shown),
        }
    }
}

/// Ask for a new passkey
///
/// Options for `navigator.credentials.create()`.
#[utoipa::path(
    operation_id = "offer_passkey_registration",
    tag = "passkeys",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Options for the browser.", body = CreationOptionsBody),
        (status = 403, description = "REAUTHENTICATION_REQUIRED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "TOO_MANY_FACTORS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/registration/options")]
pub(super) async fn offer_passkey_registration(
    auth: Data<AuthService>,
    caller: RecentCaller,
) -> Result<HttpResponse, ApiError> {
    let offer = auth.offer_passkey_registration(&caller).await?;
    let options = CreationOptionsBody::new(offer, &caller.user, &auth.passkey_algorithms());
    Ok(secret(&options))
}

/// Add a passkey
///
/// It logs in by itself if the authenticator verifies its user, and is a second factor besides
/// a password in any case. With the first factor of an account come its recovery codes, which
/// are shown only this once, and every other session ends.
#[utoipa::path(
    operation_id = "register_passkey",
    tag = "passkeys",
    security(("bearer" = [])),
    request_body = RegisterPasskeyBody,
    responses(
        (status = 201, description = "The passkey was added.", body = RegisteredPasskeyBody),
        (status = 403, description = "PASSKEY_REFUSED", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "PASSKEY_TAKEN, TOO_MANY_FACTORS", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("")]
pub(super) async fn register_passkey(
    auth: Data<AuthService>,
    caller: Caller,
    origin: RequestOrigin,
    body: ValidJson<RegisterPasskeyBody>,
) -> Result<HttpResponse, ApiError> {
    let new = body.0.parse()?;
    let registered = auth.register_passkey(&caller, new, &origin.0).await?;
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(RegisteredPasskeyBody::from(&registered)))
}
