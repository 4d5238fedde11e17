//! The store in memory: for tests, demonstrations and services that may forget.
//!
//! It keeps every promise of the data ports, the contract suite included. Units of work run one
//! after the other, each on its own copy of the state, which replaces the committed one at
//! commit; readers see the last committed state and never wait for a unit of work.

mod access;
mod api_keys;
mod audit_chain;
mod audit_events;
mod avatars;
mod blobs;
mod buckets;
mod credentials;
mod file_deletions;
mod files;
mod idempotency;
mod identities;
mod jobs;
mod one_time_tokens;
mod paging;
mod passkeys;
mod recovery_codes;
mod roles;
mod schedules;
mod sessions;
mod signing_keys;
mod state;
mod store;
mod sweeps;
mod throttles;
mod totp_factors;
mod unit_of_work;
mod uploads;
mod users;

pub use store::MemoryStore;
