//! Mail: written down in the unit of work that it belongs to, delivered afterwards.

mod deliver;
mod letter;
mod outbox;
mod template;

pub use deliver::MailDelivery;
pub use letter::Mail;
pub use outbox::{MAIL_JOB, MailOutbox, open_mail};
pub use template::MailTemplate;
