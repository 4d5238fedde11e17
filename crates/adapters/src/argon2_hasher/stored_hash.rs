//! Hashes as they are stored: strings in PHC format.

use argon2::{Params, password_hash::phc};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use mainstay_domain::PasswordHash;
use mainstay_services::ports::HashError;

use super::Cost;
use crate::foreign_hash::argon2_is_too_costly;

/// Octets of salt and of hash in what we write.
pub(super) const SALT_LEN: usize = 16;
pub(super) const TAG_LEN: usize = 32;

/// A hash taken apart.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct StoredHash {
    pub cost: Cost,
    pub salt: Vec<u8>,
    pub tag: Vec<u8>,
}

impl StoredHash {
    /// Reads a PHC string. `own` is what today's hashes cost: that may be computed, whatever
    /// the limits for others are.
    ///
    /// # Errors
    /// [`HashError::Failed`] for anything but argon2id v0x13 with sane parameters.
    pub fn parse(hash: &PasswordHash, own: Cost) -> Result<Self, HashError> {
        let parsed = phc::PasswordHash::new(hash.expose())
            .map_err(|error| failed(&format!("a stored hash cannot be read: {error}")))?;
        if parsed.algorithm.as_str() != "argon2id" || parsed.version != Some(0x13) {
            return Err(failed("a stored hash is of an unknown kind"));
        }
        let params = Params::try_from(&parsed)
            .map_err(|error| failed(&format!("a stored hash has impossible parameters: {error}")))?;
        let (Some(salt), Some(tag)) = (parsed.salt, parsed.hash) else {
            return Err(failed("a stored hash lacks its salt or its value"));
        };
        let has_extras = !params.keyid().is_empty() || !params.data().is_empty();
        let cost = Cost {
            memory_kib: params.m_cost(),
            iterations: params.t_cost(),
            parallelism: params.p_cost(),
        };
        let is_absurd = argon2_is_too_costly(cost.memory_kib, cost.iterations, cost.parallelism);
        if has_extras || (is_absurd && cost != own) {
            return Err(failed("a stored hash has parameters nobody should use"));
        }
        Ok(Self {
            cost,
            salt: salt.to_vec(),
            tag: tag.as_bytes().to_vec(),
        })
    }

    /// Writes the PHC string.
    pub fn to_phc(&self) -> PasswordHash {
        let Cost {
            memory_kib,
            iterations,
            parallelism,
        } = self.cost;
        let (salt, tag) = (
            STANDARD_NO_PAD.encode(&self.salt),
            STANDARD_NO_PAD.encode(&self.tag),
        );
        PasswordHash(format!(
            "$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}${salt}${tag}"
        ))
    }

    /// Whether today's hashes are made just like this one.
    pub fn is_current(&self, cost: Cost) -> bool {
        self.cost == cost && self.salt.len() >= SALT_LEN && self.tag.len() == TAG_LEN
    }
}

fn failed(reason: &str) -> HashError {
    HashError::Failed(reason.to_owned())
}
