//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{login_with_passkey, offer_passkey, register_passkey, rename_passkey};

/// Mounts `/passkeys`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/passkeys")
            .service(offer_passkey::offer_passkey_login)
            .service(login_with_passkey::login_with_passkey)
            .service(offer_passkey::offer_passkey_as_second_factor)
            .service(offer_passkey::offer_passkey_to_reauthenticate)
            .service(register_passkey::offer_passkey_registration)
            .service(register_passkey::register_passkey)
            .service(rename_passkey::rename_passkey),
    );
}
