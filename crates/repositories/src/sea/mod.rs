//! The store on SQLite, PostgreSQL, MySQL/MariaDB and TiDB, through SeaORM.
//!
//! [`Sea`] is a connection, or a transaction, that repositories are implemented on; every
//! call goes through [`Sea::run`] or [`Sea::write`], which set its time limit, trace it,
//! translate its error and remember a failure so that the unit of work cannot be committed.
//! A product writes `impl<S: OnSea> NoteRepository for S` of its own over [`OnSea::sea`]; the
//! store and every unit of work then are such a repository. [`paged`], [`total`], [`micros`] and
//! [`Row`] help with lists and columns, [`SeaConnection`] where a call takes several statements.

mod api_keys;
mod audit_chain;
mod audit_events;
mod avatars;
mod blobs;
mod buckets;
mod connection;
mod convert;
mod credentials;
mod entity;
mod error;
mod file_deletions;
mod file_list;
mod files;
mod idempotency;
mod identities;
mod jobs;
mod on_sea;
mod one_time_tokens;
mod passkeys;
pub mod prelude;
mod query;
mod recovery_codes;
mod release;
mod repositories;
mod roles;
mod rows;
mod runner;
mod schedules;
mod sessions;
mod signing_keys;
mod store;
mod sweeps;
mod throttles;
mod totp_factors;
mod trace;
mod unit_of_work;
mod uploads;
mod user_list;
mod users;
mod whole;

pub use connection::SeaOptions;
pub use convert::{Row, micros};
pub use on_sea::OnSea;
pub use query::{paged, total};
pub use runner::Sea;
pub use store::SeaStore;
pub use unit_of_work::SeaUnitOfWork;
pub use whole::{SeaConnection, keep};
