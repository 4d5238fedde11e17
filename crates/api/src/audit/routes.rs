//! Where the operation is mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::list;

/// Mounts `/api/v1/audit-events`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(scope::scope("/api/v1/audit-events").service(list::list_audit_events));
}
