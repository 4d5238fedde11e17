//! Whom mails come from.

use lettre::{Address, message::Mailbox};
use mainstay_domain::Email;

/// Whom mails come from.
#[derive(Debug, Clone)]
pub struct Sender(pub(super) Mailbox);

/// The sender's name or address cannot stand in a mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("mails cannot come from this name and address: {0}")]
pub struct InvalidSender(String);

impl Sender {
    /// A sender with a name for people, which may be empty.
    ///
    /// # Errors
    /// [`InvalidSender`] for a name with control characters, or an address that mail servers do
    /// not know the form of.
    pub fn new(name: &str, address: &Email) -> Result<Self, InvalidSender> {
        if name.chars().any(char::is_control) {
            return Err(InvalidSender("the name has control characters".to_owned()));
        }
        let address: Address = address
            .deliverable()
            .parse()
            .map_err(|error| InvalidSender(format!("{error}")))?;
        let name = (!name.is_empty()).then(|| name.to_owned());
        Ok(Self(Mailbox::new(name, address)))
    }
}
