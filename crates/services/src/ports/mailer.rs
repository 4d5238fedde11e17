//! Mail servers.

use std::fmt;

use async_trait::async_trait;
use mainstay_domain::{Email, JobId};

use super::MailWords;

/// A mail ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The job it is sent by. `Message-ID` is made of it, so that a mail that is delivered twice,
    /// for its server died before the first time was written down, can be recognised.
    pub id: JobId,
    /// Whom it is for.
    pub to: Email,
    /// What it says.
    pub words: MailWords,
}

/// Shows neither address nor words.
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why a mail was not taken. The texts are for operators: they may name the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It will never be taken (RFC 5321 section 4.2.1: 5yz).
    #[error("refused for good: {0}")]
    Refused(String),
    /// It may be taken another time.
    #[error("not taken: {0}")]
    Failed(String),
}

/// Hands mails over to whoever delivers them.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail over; within a limited time.
    ///
    /// # Errors
    /// [`MailError`].
    async fn send(&self, letter: &Letter) -> Result<(), MailError>;

    /// Whether mails could be handed over now, without sending any.
    ///
    /// # Errors
    /// A text for the log.
    async fn check(&self) -> Result<(), String>;
}
