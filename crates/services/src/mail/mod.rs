//! Mail: written down in the unit of work that it belongs to, delivered afterwards.

mod account_mail;
mod deliver;
mod letter;
mod outbox;
mod template;

pub use account_mail::ACCOUNT_MAIL_JOB;
pub(crate) use account_mail::{AccountMail, PendingRegistration};
pub use deliver::MailDelivery;
pub use letter::Mail;
pub use outbox::{MAIL_JOB, MailOutbox, open_mail};
pub use template::MailTemplate;
