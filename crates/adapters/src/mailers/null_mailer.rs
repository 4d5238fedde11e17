//! Mail that nobody gets.

use async_trait::async_trait;
use mainstay_services::ports::{Letter, MailError, Mailer};

/// Throws mails away, for installations that send none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NullMailer;

#[async_trait]
impl Mailer for NullMailer {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        tracing::warn!(mail = %letter.id, "mail.transport is off: a mail was thrown away");
        Ok(())
    }

    async fn check(&self) -> Result<(), String> {
        Ok(())
    }
}
