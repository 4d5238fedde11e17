//! The behaviour every store must show, as async functions that panic where it does not.
//!
//! [`contract_tests!`](crate::contract_tests) makes one test of each case. Cases may share a
//! database with each other and with what earlier runs left there: they use random keys and
//! look only at their own rows. Only what is purged lies in the 1990s.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "these functions are tests; a panic is how they fail"
)]

mod cases;
mod fixture;

pub mod api_keys;
pub mod audit_chain;
pub mod audit_events;
pub mod avatars;
pub mod blobs;
pub mod buckets;
pub mod credentials;
pub mod file_deletions;
pub mod file_lists;
pub mod files;
pub mod idempotency;
pub mod identities;
pub mod job_leases;
pub mod job_releases;
pub mod jobs;
pub mod one_time_tokens;
pub mod passkeys;
pub mod recovery_codes;
pub mod role_locks;
pub mod roles;
pub mod schedules;
pub mod session_rotation;
pub mod sessions;
pub mod signing_keys;
pub mod sweeps;
pub mod text;
pub mod throttles;
pub mod totp_factors;
pub mod units_of_work;
pub mod uploads;
pub mod user_lists;
pub mod user_locks;
pub mod user_paging;
pub mod users;
