//! The header of an access token.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use mainstay_domain::SigningAlgorithm;
use serde_json::{Map, Value};

/// The `typ` of access tokens (RFC 9068 section 2.1), so that no other kind of token passes.
const TOKEN_TYPE: &str = "at+jwt";

/// What a header says, if it is one of ours: not yet believed, only compared.
pub(super) struct NamedKey {
    /// `alg`, to be compared with the key's own algorithm and never obeyed (RFC 8725 section 3.1).
    pub(super) algorithm: String,
    /// `kid`.
    pub(super) kid: Option<String>,
}

/// The header of tokens that a key signs, encoded. It is a constant of the key, so that a token
/// of ours is recognised without parsing anything.
pub(super) fn encoded(algorithm: SigningAlgorithm, kid: Option<&str>) -> String {
    // Names and thumbprints need no escaping.
    let kid = kid.map_or_else(String::new, |kid| format!(r#","kid":"{kid}""#));
    let json = format!(r#"{{"typ":"{TOKEN_TYPE}","alg":"{algorithm}"{kid}}}"#);
    URL_SAFE_NO_PAD.encode(json)
}

/// Reads a header that names our type (RFC 9068 section 4: in any case, with or without
/// `application/`) and demands nothing that we do not understand (RFC 7515 section 4.1.11).
/// Keys and addresses of keys in it (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
pub(super) fn read(encoded: &str) -> Option<NamedKey> {
    let json = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let header: Map<String, Value> = serde_json::from_slice(&json).ok()?;
    let typ = header.get("typ")?.as_str()?.to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != TOKEN_TYPE || header.contains_key("crit") {
        return None;
    }
    let kid = match header.get("kid") {
        None => None,
        Some(kid) => Some(kid.as_str()?.to_owned()),
    };
    Some(NamedKey {
        algorithm: header.get("alg")?.as_str()?.to_owned(),
        kid,
    })
}
