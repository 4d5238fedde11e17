//! Where the operation is mounted.

use utoipa_actix_web::service_config::ServiceConfig;

use super::jwks;

/// Mounts `/.well-known/jwks.json`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(jwks::get_jwks);
}
