//! Where the operations are mounted.

use utoipa_actix_web::service_config::ServiceConfig;

use super::{append_upload, create_upload, delete_upload, get_upload, method_override, options};

/// Mounts `/uploads`.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(options::get_upload_options)
        .service(create_upload::create_upload)
        .service(get_upload::get_upload)
        .service(append_upload::append_upload)
        .service(delete_upload::delete_upload)
        .service(method_override::override_upload_method);
}
