//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{
    avatars, create, delete, export, get, invite, list, me, my_audit, my_permissions, reset_mfa, sessions,
    set_roles, set_status, update,
};

/// Mounts `/api/v1/users` and `/api/v1/avatars`. `me` comes first: it is asked for most, and is no id.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/api/v1/users")
            .service(me::get_me)
            .service(me::update_me)
            .service(me::delete_me)
            .service(avatars::put_avatar::put_my_avatar)
            .service(avatars::delete_avatar::delete_my_avatar)
            .service(my_audit::list_my_audit_events)
            .service(my_permissions::get_my_permissions)
            .service(export::export_me)
            .service(list::list_users)
            .service(create::create_user)
            .service(get::get_user)
            .service(update::update_user)
            .service(delete::delete_user)
            .service(avatars::delete_avatar::delete_user_avatar)
            .service(set_status::disable_user)
            .service(set_status::enable_user)
            .service(invite::invite_user)
            .service(invite::send_password_reset)
            .service(set_roles::set_user_roles)
            .service(reset_mfa::reset_user_mfa)
            .service(sessions::list_user_sessions)
            .service(sessions::revoke_user_sessions),
    );
    config.service(scope::scope("/api/v1/avatars").service(avatars::get_avatar::get_avatar));
}
