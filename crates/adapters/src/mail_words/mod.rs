//! The words of mails: templates with values, in the language of whom they are for.

mod built_in;
mod english;
mod environment;
mod german;
mod overrides;
mod renderer;

pub use overrides::{BrokenTemplate, MailPart, TemplateSource};
pub use renderer::{MailWriter, WriterSettings};
