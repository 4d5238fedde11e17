//! The data ports of Mainstay, and what stands behind them.
//!
//! The traits in this crate's root are all that services know: one noun a file, bundled by
//! [`Repositories`], reached through [`Store`]. Implementations are features:
//!
//! * `sea`: SeaORM on SQLite, PostgreSQL, MySQL/MariaDB and TiDB,
//! * `memory`: in memory, for tests and demonstrations,
//! * `mock`: mockall mocks and [`mock::MockStore`],
//! * `contract`: the behaviour every store must show, as a suite of async functions.
//!
//! Rules that all implementations share: a conditional change (`update`, `rotate`, `consume`,
//! …) is one statement and tells by its `bool` or `Option` whether it took place; text keys
//! compare by octets; times keep microseconds; a duplicate is
//! [`RepositoryError::Conflict`] naming the constraint.
#![deny(missing_docs)]

mod api_keys;
mod audit_chain;
mod audit_events;
mod avatars;
mod blobs;
mod buckets;
mod credentials;
mod error;
mod file_deletions;
#[cfg(any(feature = "sea", feature = "memory"))]
mod file_walk;
mod files;
mod idempotency;
mod identities;
mod job_bell;
mod jobs;
mod one_time_tokens;
mod passkeys;
mod recovery_codes;
mod roles;
mod schedules;
mod sessions;
mod signing_keys;
mod store;
mod sweeps;
mod throttles;
mod totp_factors;
mod uploads;
mod users;

#[cfg(feature = "contract")]
pub mod contract;
#[cfg(feature = "memory")]
pub mod memory;
#[cfg(feature = "mock")]
pub mod mock;
#[cfg(feature = "sea")]
pub mod sea;

pub use api_keys::ApiKeyRepository;
pub use audit_chain::AuditChainRepository;
pub use audit_events::AuditEventRepository;
pub use avatars::AvatarRepository;
pub use blobs::BlobRepository;
pub use buckets::BucketRepository;
pub use credentials::CredentialRepository;
pub use error::{RepositoryError, constraint};
pub use file_deletions::FileDeletionRepository;
pub use files::FileRepository;
pub use idempotency::IdempotencyRepository;
pub use identities::IdentityRepository;
pub use job_bell::JobBell;
pub use jobs::JobRepository;
pub use one_time_tokens::OneTimeTokenRepository;
pub use passkeys::PasskeyRepository;
pub use recovery_codes::RecoveryCodeRepository;
pub use roles::RoleRepository;
pub use schedules::ScheduleRepository;
pub use sessions::SessionRepository;
pub use signing_keys::SigningKeyRepository;
pub use store::{Repositories, Store, StoreHealth, UnitOfWork};
pub use sweeps::SweepRepository;
pub use throttles::ThrottleRepository;
pub use totp_factors::TotpFactorRepository;
pub use uploads::{UploadAdmission, UploadBounds, UploadRepository};
pub use users::UserRepository;

/// What every repository call returns.
pub type Result<T> = std::result::Result<T, RepositoryError>;
