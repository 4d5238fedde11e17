//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{create, list, rename, revoke};

/// Mounts `/api/v1/auth/api-keys`; to be mounted before `/api/v1/auth`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/api/v1/auth/api-keys")
            .service(list::list_api_keys)
            .service(create::create_api_key)
            .service(list::get_api_key)
            .service(rename::rename_api_key)
            .service(revoke::revoke_api_key),
    );
}
