//! Configuration: defaults < `mainstay.toml` < environment.
//!
//! Every key is declared once, beside the struct of its section ([`Key`]). From these
//! declarations come the checks, `.env.example`, the reference table and `config show`;
//! A product declares sections of its own the same way ([`Section`]).
//! figment lays the layers over one another and remembers where each value came from.

mod audit;
mod auth;
mod cache;
mod database;
mod environment;
mod error;
mod hashing;
mod human;
mod jobs;
mod key;
mod kind;
mod known;
mod layers;
mod load;
mod log;
mod mail;
mod marks;
mod parse;
mod passkeys;
mod providers;
mod redis;
mod reference;
mod rules;
mod scan;
mod secret_key;
mod section;
mod sentry;
mod server;
mod setting;
mod ship;
mod sources;
mod storage;
mod throttle;
mod traces;
mod users;

pub use audit::AuditConfig;
pub use auth::{AuthConfig, Registration};
pub use cache::CacheConfig;
pub use database::DatabaseConfig;
pub use environment::Environment;
pub use error::{ConfigError, Problem};
pub use hashing::HashingConfig;
pub use human::duration;
pub(crate) use human::show_duration;
pub use jobs::JobsConfig;
pub use key::{Key, keys};
pub use kind::Kind;
pub use load::{Config, Loaded};
pub use log::{LogConfig, LogFormat};
pub use mail::{MailConfig, MailTls, MailTransport};
pub(crate) use marks::Marks;
pub(crate) use parse::is_log_filter;
pub use passkeys::PasskeysConfig;
pub use providers::{ProviderConfig, ProvidersConfig};
pub use redis::RedisConfig;
pub use reference::{env_example, markdown_table};
pub use scan::ScanConfig;
pub use secret_key::{SAMPLE_SECRET_KEY, SecretKeyError, secret_key};
pub(crate) use section::Declared;
pub use section::Section;
pub(crate) use sentry::Dsn;
pub use sentry::SentryConfig;
pub use server::ServerConfig;
pub use setting::Setting;
pub use ship::{ShipConfig, ShipProtocol};
pub use sources::Sources;
pub use storage::{BucketMapping, StorageBackend, StorageConfig};
pub use throttle::{SECOND_FACTOR_MEMORY, ThrottleConfig};
pub use traces::TracesConfig;
pub use users::UsersConfig;
