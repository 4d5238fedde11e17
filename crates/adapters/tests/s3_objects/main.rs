//! Objects in a store that speaks S3 and checks signatures.
#![cfg(feature = "object-storage")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod contract;
mod line;
mod misfortune;
mod presign;
mod server;
