//! Where the operations are mounted.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{complete_direct_upload, create_direct_upload, delete_direct_upload};

/// Mounts `/buckets/{bucket}/direct-uploads`.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(create_direct_upload::create_direct_upload)
        .service(complete_direct_upload::complete_direct_upload)
        .service(delete_direct_upload::delete_direct_upload);
}
