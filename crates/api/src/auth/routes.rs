//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{
    accept_invitation, change_email, change_password, forgot_password, login, logout, mail_pages, mfa, oauth,
    passkeys, refresh, register, reset_password, sessions, setup, setup_page, sign_in_mail, verify_email,
};

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
            .service(mfa::reauthenticate::reauthenticate)
            .configure(mfa::configure)
            .configure(passkeys::configure)
            .service(sessions::list_sessions)
            .service(sessions::revoke_session)
            .service(verify_email::verify_email)
            .service(verify_email::resend_verification)
            .service(forgot_password::forgot_password)
            .service(reset_password::reset_password)
            .service(change_email::change_email)
            .service(change_email::confirm_change_email)
            .service(sign_in_mail::request_code)
            .service(sign_in_mail::sign_in_by_code)
            .service(sign_in_mail::sign_in_by_link)
            .service(accept_invitation::accept_invitation)
            .configure(oauth::configure)
            .service(setup::create_first_admin),
    );
}

/// Mounts the pages behind links, which are no part of the API.
pub fn configure_pages(config: &mut actix_web::web::ServiceConfig) {
    config.service(setup_page::page).service(setup_page::script);
    mail_pages::mount(config);
}
