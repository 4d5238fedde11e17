//! HTTP/1.1 on a connection, and problem documents for what is no HTTP.
//!
//! actix answers what it cannot parse by itself, before any middleware: a bare status without
//! a body. [`WireStream`] stands between actix and the socket and writes a problem document in
//! its place. It never guesses by looks alone: `Conversation` knows whether an answer of the
//! application is under way, and only what actix wrote on its own is replaced
//! (docs/adr/0009-unreadable-requests.md).

mod bare_head;
mod body;
mod conversation;
mod refusals;
mod service;
mod stream;

pub use refusals::Refusals;
pub use service::{Keeping, http1, https1};
pub use stream::{Octets, WireStream};
