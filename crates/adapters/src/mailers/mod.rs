//! Handing mails over: to a mail server, to files, to the console, or to nobody.

mod console_mailer;
mod file_mailer;
mod message;
mod null_mailer;
mod sender;
mod smtp_mailer;

pub use console_mailer::ConsoleMailer;
pub use file_mailer::FileMailer;
pub use null_mailer::NullMailer;
pub use sender::{InvalidSender, Sender};
pub use smtp_mailer::{SmtpMailer, SmtpSettings, SmtpSetupError, SmtpTls};
