//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{get, list, remove, retry};

/// Mounts `/api/v1/jobs`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/api/v1/jobs")
            .service(list::list_jobs)
            .service(retry::retry_job)
            .service(get::get_job)
            .service(remove::remove_job),
    );
}
