//! The system endpoints' routes.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{health, health_db, metrics, ready, root, status};

/// Mounts the system endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(root::root)
        .service(status::status)
        .service(health::health)
        .service(health_db::health_db)
        .service(ready::ready)
        .service(ready::api_health)
        .service(metrics::metrics);
}
