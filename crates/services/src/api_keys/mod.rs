//! API keys: letting programs in, within limits.

mod authenticate;
mod create;
mod error;
mod key_table;
mod list;
mod meter;
mod note_uses;
mod purge_expired;
mod rename;
mod revoke;
mod service;
mod shared_meter;
mod token;

pub use create::{NewApiKey, SecretApiKey};
pub use error::ApiKeyError;
pub use service::{ApiKeyPorts, ApiKeyService, ApiKeySettings};
pub use token::API_KEY_PATTERN;
