//! Asking for a link to choose a new password.

use mainstay_domain::{Email, Origin};

use super::{AuthError, AuthService};
use crate::mail::AccountMail;

impl AuthService {
    /// Asks for a link to choose a new password. The answer is the same whoever's address it is.
    ///
    /// # Errors
    /// `Throttled`, `Failure`.
    #[tracing::instrument(name = "auth.forgot_password", skip_all)]
    pub async fn forgot_password(&self, email: &Email, origin: &Origin) -> Result<(), AuthError> {
        let mail = AccountMail::ResetPassword(email.as_str().to_owned());
        self.ask_for_mail((email, mail), origin).await
    }
}
