//! Hashing that costs nothing.

use async_trait::async_trait;
use mainstay_domain::{InvalidValue, Password, PasswordHash};
use mainstay_services::ports::{HashError, PasswordHasher, Verification};

/// Writes passwords in the clear; for tests only.
pub struct FakeHasher;

impl FakeHasher {
    /// The hash [`FakeHasher`] makes of `password`.
    #[must_use]
    pub fn hash_of(password: &str) -> PasswordHash {
        PasswordHash(format!("plain:{password}"))
    }
}

#[async_trait]
impl PasswordHasher for FakeHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        Ok(Self::hash_of(password.expose()))
    }

    async fn verify(
        &self,
        password: &Password,
        hash: Option<PasswordHash>,
    ) -> Result<Verification, HashError> {
        Ok(match hash {
            Some(hash) if hash == Self::hash_of(password.expose()) => Verification::Match,
            _ => Verification::Mismatch,
        })
    }

    fn adopt(&self, hash: &str) -> Result<PasswordHash, InvalidValue> {
        if !hash.starts_with("plain:") {
            return Err(InvalidValue::new("HASH_UNKNOWN", "must begin with plain:"));
        }
        Ok(PasswordHash(hash.to_owned()))
    }
}
