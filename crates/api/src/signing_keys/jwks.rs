//! `GET /.well-known/jwks.json`.

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web::Data};
use mainstay_services::signing_keys::SigningKeyService;
use serde::Serialize;
use utoipa::ToSchema;

/// A set of public keys (RFC 7517 section 5).
#[derive(Serialize, ToSchema)]
#[schema(as = Jwks)]
pub(super) struct JwksBody {
    /// The keys; none with HS256.
    keys: Vec<JwkBody>,
}

/// A public key (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
#[derive(Serialize, ToSchema)]
#[schema(as = Jwk)]
struct JwkBody {
    /// `EC`, `OKP` or `RSA`.
    #[schema(example = "EC")]
    kty: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    #[schema(example = "sig")]
    usage: String,
    /// The one algorithm the key is used with.
    #[schema(example = "ES256")]
    alg: String,
    /// Its name in the header of tokens: its thumbprint (RFC 7638).
    #[schema(example = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")]
    kid: String,
    /// The curve, of EC and OKP.
    #[schema(required = false, example = "P-256")]
    crv: Option<String>,
    /// A coordinate, of EC; the key, of OKP.
    #[schema(required = false)]
    x: Option<String>,
    /// The other coordinate, of EC.
    #[schema(required = false)]
    y: Option<String>,
    /// The modulus, of RSA.
    #[schema(required = false)]
    n: Option<String>,
    /// The exponent, of RSA.
    #[schema(required = false)]
    e: Option<String>,
}

/// Read the public keys
///
/// Whoever wants to verify access tokens picks the key that a token names by `kid`, and verifies
/// with that key's `alg` whatever the token says. New keys appear here before they sign.
#[utoipa::path(
    operation_id = "get_jwks",
    tag = "system",
    responses((status = 200, description = "The keys; none with HS256.", body = JwksBody, content_type = "application/jwk-set+json", headers(("Cache-Control" = String, description = "For how long the keys may be kept.")))),
)]
#[get("/.well-known/jwks.json")]
pub(super) async fn get_jwks(keys: Data<SigningKeyService>) -> HttpResponse {
    let (jwks, fresh_for) = keys.jwks();
    HttpResponse::Ok()
        .content_type("application/jwk-set+json")
        .insert_header((CACHE_CONTROL, format!("public, max-age={fresh_for}")))
        .body(jwks)
}
