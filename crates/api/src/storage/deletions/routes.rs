//! Where the operations are mounted.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{cancel_deletion, create_deletion, get_deletion, list_deletions};

/// Mounts `/buckets/{bucket}/deletions`.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(list_deletions::list_file_deletions)
        .service(create_deletion::create_file_deletion)
        .service(get_deletion::get_file_deletion)
        .service(cancel_deletion::cancel_file_deletion);
}
