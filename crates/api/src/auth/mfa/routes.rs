//! Where the operations are mounted.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use super::{confirm_totp, delete_factor, enrol_totp, list_factors, recovery_codes, verify_mfa};

/// Mounts `/mfa`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(
        scope::scope("/mfa")
            .service(list_factors::list_factors)
            .service(verify_mfa::verify_mfa)
            .service(enrol_totp::enrol_totp)
            .service(confirm_totp::confirm_totp)
            .service(recovery_codes::regenerate_recovery_codes)
            .service(delete_factor::delete_factor),
    );
}
