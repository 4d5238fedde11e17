//! Where the operations are mounted.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{authorize, callback, exchange, identities, link};

/// Mounts the operations below `/api/v1/auth`.
pub(in crate::auth) fn configure(config: &mut ServiceConfig) {
    config
        .service(authorize::list_identity_providers)
        .service(authorize::oauth_authorize)
        .service(callback::oauth_callback)
        .service(callback::oauth_callback_form)
        .service(exchange::oauth_exchange)
        .service(link::oauth_link)
        .service(identities::list_identities)
        .service(identities::unlink_identity);
}
