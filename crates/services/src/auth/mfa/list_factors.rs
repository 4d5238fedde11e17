//! Looking at one's second factors.

use mainstay_domain::Principal;

use super::Factors;
use crate::auth::{AuthError, AuthService, sessions::session_of};

/// How an account stands with second factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MfaStatus {
    /// What it has.
    pub factors: Factors,
    /// Whether one of its roles demands a second factor.
    pub required: bool,
}

impl AuthService {
    /// The caller's second factors.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "auth.list_factors", skip_all)]
    pub async fn list_factors(&self, caller: &Principal) -> Result<MfaStatus, AuthError> {
        session_of(caller)?;
        Ok(MfaStatus {
            factors: Factors::of(self.ports.store.read(), caller.user.id).await?,
            required: self.requires_second_factor(&caller.user.roles),
        })
    }
}
