//! The schema of Mainstay, one table group a step.
//!
//! Every step goes up and down and runs on SQLite, PostgreSQL, MySQL/MariaDB and TiDB. What
//! holds everywhere: times are microseconds since 1970 in a `BIGINT`, so that no engine
//! rounds or shifts them; ids are UUIDs; text keys compare by octets; unique indexes are
//! named `<table>_<columns>`, which is the name a conflict is reported under on every engine.
//!
//! A product hands its own steps to [`run_up`] together with [`steps`].
#![deny(missing_docs)]

mod lock;
mod m20261121_000001_users;
mod m20261121_000002_roles;
mod m20261121_000003_sessions;
mod m20261121_000004_one_time_tokens;
mod m20261121_000005_audit_events;
mod m20261121_000006_throttles;
mod m20261121_000007_idempotency;
mod m20261121_000008_proofs;
mod m20261121_000009_jobs;
mod m20261121_000010_signing_keys;
mod m20261121_000011_api_keys;
mod m20261121_000012_audit_chain;
mod m20261121_000013_factors;
mod m20261121_000014_passkeys;
mod m20261121_000015_identities;
mod m20261121_000018_roles_of_users;
mod m20261121_000019_storage;
mod m20261121_000020_acting_api_keys;
mod m20261121_000021_avatars;
mod m20261121_000022_uploads;
mod m20261121_000023_file_deletions;
mod m20261121_000024_direct_uploads;
mod m20261121_000025_passkeys_as_factors;
mod m20261121_000026_spread_usage;
mod m20261121_000027_schedules;
mod m20261121_000028_traces_of_jobs;
mod m20261121_000029_silences_of_jobs;
mod new_table;
mod runner;
mod schema;

use sea_orm_migration::MigratorTrait;

pub use sea_orm_migration::MigrationTrait;

pub use new_table::NewTable;
pub use runner::{applied, run_down, run_fresh, run_up, status};
pub use schema::{create_table, foreign_key, index, octets, unique_index};

/// Mainstay's own steps, oldest first.
#[must_use]
pub fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261121_000001_users::Migration),
        Box::new(m20261121_000002_roles::Migration),
        Box::new(m20261121_000003_sessions::Migration),
        Box::new(m20261121_000004_one_time_tokens::Migration),
        Box::new(m20261121_000005_audit_events::Migration),
        Box::new(m20261121_000006_throttles::Migration),
        Box::new(m20261121_000007_idempotency::Migration),
        Box::new(m20261121_000008_proofs::Migration),
        Box::new(m20261121_000009_jobs::Migration),
        Box::new(m20261121_000012_audit_chain::Migration),
        Box::new(m20261121_000013_factors::Migration),
        Box::new(m20261121_000014_passkeys::Migration),
        Box::new(m20261121_000018_roles_of_users::Migration),
        Box::new(m20261121_000015_identities::Migration),
        Box::new(m20261121_000010_signing_keys::Migration),
        Box::new(m20261121_000011_api_keys::Migration),
        Box::new(m20261121_000019_storage::Migration),
        Box::new(m20261121_000020_acting_api_keys::Migration),
        Box::new(m20261121_000021_avatars::Migration),
        Box::new(m20261121_000022_uploads::Migration),
        Box::new(m20261121_000023_file_deletions::Migration),
        Box::new(m20261121_000024_direct_uploads::Migration),
        Box::new(m20261121_000025_passkeys_as_factors::Migration),
        Box::new(m20261121_000026_spread_usage::Migration),
        Box::new(m20261121_000027_schedules::Migration),
        Box::new(m20261121_000028_traces_of_jobs::Migration),
        Box::new(m20261121_000029_silences_of_jobs::Migration),
    ]
}

/// Mainstay's steps for tools that want a `MigratorTrait`. It takes no lock: servers use
/// [`run_up`].
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        steps()
    }
}
