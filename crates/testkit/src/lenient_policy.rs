//! A policy that finds every password good enough.

use async_trait::async_trait;
use mainstay_domain::{InvalidValue, Password};
use mainstay_services::ports::PasswordPolicy;

/// Accepts every password but `password`.
pub struct LenientPolicy;

#[async_trait]
impl PasswordPolicy for LenientPolicy {
    async fn check(&self, password: &Password, _: Vec<String>) -> Result<(), InvalidValue> {
        if password.expose() == "password" {
            return Err(InvalidValue::new("PASSWORD_TOO_COMMON", "is too common"));
        }
        Ok(())
    }
}
