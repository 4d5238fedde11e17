//! Mails, from the unit of work to a real mail server.

mod deliver;
mod misfortune;
mod queue;
mod request_id;
mod tls;
pub(crate) mod written;
