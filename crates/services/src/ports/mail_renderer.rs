//! The words of mails.

use std::fmt;

use crate::mail::Mail;

/// What a mail says. The subject is one line without control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct MailWords {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as a web page, if the template has one.
    pub html: Option<String>,
}

/// Shows nothing: links and codes are secrets.
impl fmt::Debug for MailWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailWords").finish_non_exhaustive()
    }
}

/// A mail has no words: its template is unknown or broken. Never says what the mail tells.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mail cannot be put into words: {0}")]
pub struct WordsError(pub String);

/// Puts mails into words.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait MailRenderer: Send + Sync {
    /// The mail in the language it asks for, or the nearest there is. Values are escaped in the
    /// web page.
    ///
    /// # Errors
    /// [`WordsError`].
    fn render(&self, mail: &Mail) -> Result<MailWords, WordsError>;
}
