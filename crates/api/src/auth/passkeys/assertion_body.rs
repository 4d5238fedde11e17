//! The answer of `navigator.credentials.get()`, as `PublicKeyCredential.toJSON()` writes it.

use mainstay_services::ports::AssertionResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::octets::{credential_id, decode};
use crate::error::{ApiError, FieldErrors};

/// A passkey that was used.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PasskeyAssertion)]
#[allow(dead_code, reason = "browsers send more than is needed")]
pub(in crate::auth) struct AssertionBody {
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
    /// What the authenticator said.
    response: AssertionPartsBody,
    /// `platform` or `cross-platform`.
    authenticator_attachment: Option<String>,
    /// No extension is asked for.
    #[schema(value_type = Option<Object>)]
    client_extension_results: Option<serde_json::Value>,
}

/// What an authenticator said, everything in base64url.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PasskeyAssertionParts)]
struct AssertionPartsBody {
    /// Challenge, origin and type.
    #[serde(rename = "clientDataJSON")]
    #[schema(example = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0")]
    client_data: String,
    /// What it says about itself.
    #[schema(example = "AAAA")]
    authenticator_data: String,
    /// Its signature.
    #[schema(example = "AAAA")]
    signature: String,
    /// Whose passkey it thinks it is.
    user_handle: Option<String>,
}

impl AssertionBody {
    pub(in crate::auth) fn parse(&self) -> Result<AssertionResponse, ApiError> {
        let mut errors = FieldErrors::new();
        let parts = &self.response;
        let id = credential_id(&mut errors, "rawId", &self.raw_id);
        let client_data = decode(&mut errors, "response.clientDataJSON", &parts.client_data);
        let data = decode(
            &mut errors,
            "response.authenticatorData",
            &parts.authenticator_data,
        );
        let signature = decode(&mut errors, "response.signature", &parts.signature);
        let handle = match &parts.user_handle {
            Some(handle) => decode(&mut errors, "response.userHandle", handle).map(Some),
            None => Some(None),
        };
        match (id, client_data, data, signature, handle) {
            (
                Some(credential_id),
                Some(client_data),
                Some(authenticator_data),
                Some(signature),
                Some(user_handle),
            ) => Ok(AssertionResponse {
                credential_id,
                client_data,
                authenticator_data,
                signature,
                user_handle,
            }),
            _ => Err(errors.into()),
        }
    }
}
