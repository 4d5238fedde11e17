//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{change_password, login, logout, refresh, register, sessions, setup, setup_page};

/// Mounts `/api/v1/auth`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/api/v1/auth")
            .service(refresh::refresh)
            .service(login::login)
            .service(register::register)
            .service(logout::logout)
            .service(logout::logout_all)
            .service(change_password::change_password)
            .service(sessions::list_sessions)
            .service(sessions::revoke_session)
            .service(setup::create_first_admin),
    );
}

/// Mounts the page behind the first-administrator link, which is no part of the API.
pub fn configure_pages(config: &mut actix_web::web::ServiceConfig) {
    config.service(setup_page::page).service(setup_page::script);
}
