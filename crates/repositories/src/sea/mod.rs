//! The store on SQLite, PostgreSQL, MySQL/MariaDB and TiDB, through SeaORM.
//!
//! [`Sea`] is a connection, or a transaction, that repositories are implemented on; every
//! call goes through [`Sea::run`] or [`Sea::write`], which set its time limit, trace it,
//! translate its error and remember a failure so that the unit of work cannot be committed.
//! A product writes `impl<C: ConnectionTrait + Send + Sync> NoteRepository for Sea<C>` of its
//! own over [`Sea::conn`] (with [`SeaConnection`] where a call takes several statements), with
//! [`paged`], [`total`], [`micros`] and [`Row`] to lists and columns, and reaches both sides by
//! [`SeaStore::pool`] and [`SeaStore::begin_sea`].

mod audit_events;
mod connection;
mod convert;
mod credentials;
mod entity;
mod error;
mod idempotency;
mod jobs;
mod one_time_tokens;
mod query;
mod repositories;
mod roles;
mod rows;
mod runner;
mod sessions;
mod store;
mod throttles;
mod unit_of_work;
mod user_list;
mod users;
mod whole;

pub use connection::SeaOptions;
pub use convert::{Row, micros};
pub use query::{paged, total};
pub use runner::Sea;
pub use store::SeaStore;
pub use unit_of_work::SeaUnitOfWork;
pub use whole::{SeaConnection, keep};
