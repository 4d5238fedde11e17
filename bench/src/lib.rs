//! What the programs of the benchmark share: the bare server's database and the load
//! generator's HTTP client. Nothing here is part of Mainstay.
#![deny(missing_docs)]

mod client;
mod database;
mod tally;

pub use client::{Answer, Connection, Request, Target};
pub use database::{Database, User};
pub use tally::Tally;
