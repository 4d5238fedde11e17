//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{create, delete, get, list, update};

/// Mounts `/api/v1/roles` and `/api/v1/permissions`.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(
            scope::scope("/api/v1/roles")
                .service(list::list_roles)
                .service(get::get_role)
                .service(create::create_role)
                .service(update::update_role)
                .service(delete::delete_role),
        )
        .service(scope::scope("/api/v1/permissions").service(list::list_permissions));
}
