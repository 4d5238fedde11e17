//! Octets as browsers write them: base64url without padding.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_domain::{InvalidValue, WebauthnId};

use crate::error::FieldErrors;

/// The octets of a field, or a note that it was refused.
pub(super) fn decode(errors: &mut FieldErrors, field: &'static str, text: &str) -> Option<Vec<u8>> {
    let octets = BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
    errors.check(
        field,
        octets.map_err(|_| InvalidValue::new("INVALID_BASE64URL", "must be base64url")),
    )
}

/// The id of a credential, or a note that it was refused.
pub(super) fn credential_id(errors: &mut FieldErrors, field: &'static str, text: &str) -> Option<WebauthnId> {
    let octets = decode(errors, field, text)?;
    errors.check(field, WebauthnId::new(octets))
}

pub(super) fn encode(octets: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(octets)
}
