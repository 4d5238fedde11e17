//! The keys that access tokens are signed with: made, published, replaced, forgotten.

mod error;
mod list;
mod prepare;
mod reload;
mod rotate;
mod service;

pub use error::SigningKeyError;
pub use list::{KeyState, ListedKey};
pub use rotate::Rotation;
pub use service::{SigningKeyPorts, SigningKeyService, SigningKeySettings};
