//! Sensitive actions ask for somebody who proved lately who they are.

use mainstay_domain::Principal;

use crate::auth::{AuthError, AuthService, sessions::session_of};

impl AuthService {
    /// Refuses callers who did not prove who they are within the configured time, or not with
    /// a second factor although they have one (ASVS 5.0 7.5.1, RFC 9470).
    ///
    /// # Errors
    /// `ReauthenticationRequired`, `Failure`.
    #[tracing::instrument(name = "auth.require_recent", skip_all)]
    pub async fn require_recent(&self, caller: &Principal) -> Result<(), AuthError> {
        let max_age = self.settings.step_up_max_age;
        let age = self.now() - session_of(caller)?.authenticated_at;
        if age <= max_age && self.is_fully_proved(caller).await? {
            return Ok(());
        }
        Err(AuthError::ReauthenticationRequired { max_age })
    }
}
