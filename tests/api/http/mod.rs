//! What holds for every request.

mod bodies;
mod compression;
mod cors;
mod failures;
mod forwarded;
mod headers;
mod methods;
mod request_id;
mod unreadable;
