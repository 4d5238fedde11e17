//! A policy that also asks whether a password is known from a breach.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_domain::{InvalidValue, Password};
use mainstay_services::ports::{BreachedPasswords, PasswordPolicy};

/// Lookups by what came of them: `hit`, `miss` or `failed`.
const LOOKUPS: &str = "mainstay_breach_lookups_total";

/// Asks another policy first, and then whether the password is known from a breach. If nobody
/// answers, the password is taken: registration must not stand and fall with somebody else's
/// service.
pub struct BreachPolicy {
    first: Arc<dyn PasswordPolicy>,
    breached: Arc<dyn BreachedPasswords>,
}

impl BreachPolicy {
    /// `first`, and then `breached`.
    #[must_use]
    pub fn new(first: Arc<dyn PasswordPolicy>, breached: Arc<dyn BreachedPasswords>) -> Self {
        metrics::describe_counter!(LOOKUPS, "Lookups of breached passwords");
        Self { first, breached }
    }
}

#[async_trait]
impl PasswordPolicy for BreachPolicy {
    async fn check(&self, password: &Password, context: Vec<String>) -> Result<(), InvalidValue> {
        self.first.check(password, context).await?;
        let outcome = self.breached.contains(password).await;
        let label = match &outcome {
            Ok(true) => "hit",
            Ok(false) => "miss",
            Err(_) => "failed",
        };
        metrics::counter!(LOOKUPS, "outcome" => label).increment(1);
        match outcome {
            Ok(true) => Err(InvalidValue::new(
                "PASSWORD_BREACHED",
                "is known from a breach; choose another one",
            )),
            Ok(false) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "a new password was not looked up");
                Ok(())
            }
        }
    }
}
