//! What every object store must do, as async functions that panic where it does not.
//!
//! [`object_contract_tests!`](crate::object_contract_tests) makes one test of each case. Each
//! case makes a bucket of its own and removes it in the end, so that they may share a store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these functions are tests; a panic is how they fail"
)]

mod cases;
mod fixture;

pub mod buckets;
pub mod lists;
pub mod reads;
pub mod writes;
