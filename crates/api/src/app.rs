//! Putting it together.

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes of Mainstay.
pub fn configure(_: &mut ServiceConfig<'_>) {}
