//! Access tokens as JSON Web Tokens (RFC 9068), signed with HMAC or with key pairs.

mod header;
mod held_key;
mod hmac_keys;
mod ring;
mod signer;

pub use signer::{JwtSettings, JwtSigner};
