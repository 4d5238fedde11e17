//! The system endpoints' routes.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{health, health_db, log_level, metrics, ready, root, status};

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

/// Mounts `/api/v1/system`, which asks who calls; on the public port only.
pub fn configure_operations(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/api/v1/system")
            .service(log_level::get_log_level)
            .service(log_level::set_log_level),
    );
}
