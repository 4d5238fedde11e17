//! Comparing a password with what is stored.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use mainstay_domain::Password;
use mainstay_services::ports::{HashError, Verification};

use super::{Cost, Kernel, stored_hash::StoredHash};
use crate::foreign_hash::{CostClass, ForeignHash};

/// What a password is compared with.
pub(super) enum Comparison {
    /// A hash of ours.
    Own(StoredHash),
    /// A hash that another system made.
    Foreign(Box<dyn ForeignHash>),
    /// Nothing; the work is done for its time.
    Decoy(StoredHash),
}

impl Comparison {
    /// What the comparison costs; none for the work that strangers cost.
    pub fn class(&self) -> Option<CostClass> {
        match self {
            Self::Own(_) | Self::Decoy(_) => None,
            Self::Foreign(hash) => Some(hash.class()),
        }
    }

    /// Does the work. `cost` is what hashes are made with today.
    pub fn judge(
        &self,
        kernel: &mut Kernel,
        cost: Cost,
        password: &Password,
    ) -> Result<Verification, HashError> {
        let (right, verdict) = match self {
            Self::Own(stored) if stored.is_current(cost) => {
                (is_own(kernel, cost, stored, password)?, Verification::Match)
            }
            Self::Own(stored) => (
                is_own(kernel, cost, stored, password)?,
                Verification::MatchOutdated,
            ),
            Self::Foreign(hash) => (is_foreign(&**hash, password)?, Verification::MatchOutdated),
            Self::Decoy(stored) => {
                is_own(kernel, cost, stored, password)?;
                (false, Verification::Mismatch)
            }
        };
        Ok(if right { verdict } else { Verification::Mismatch })
    }
}

fn is_own(
    kernel: &mut Kernel,
    cost: Cost,
    stored: &StoredHash,
    password: &Password,
) -> Result<bool, HashError> {
    let tag = compute(kernel, stored.cost, password, (&stored.salt, stored.tag.len()))?;
    if stored.cost.memory_kib > cost.memory_kib {
        // An old hash with more memory must not make this thread keep it for good.
        kernel.release_memory();
    }
    Ok(verify_slices_are_equal(&tag, &stored.tag).is_ok())
}

fn is_foreign(hash: &dyn ForeignHash, password: &Password) -> Result<bool, HashError> {
    let digest = hash.digest(password.expose().as_bytes());
    let digest = digest.map_err(HashError::Failed)?;
    Ok(verify_slices_are_equal(&digest, hash.expected()).is_ok())
}

/// Computes argon2id.
pub(super) fn compute(
    kernel: &mut Kernel,
    cost: Cost,
    password: &Password,
    (salt, length): (&[u8], usize),
) -> Result<Vec<u8>, HashError> {
    let mut tag = vec![0; length];
    kernel
        .hash_into(cost, password.expose().as_bytes(), salt, &mut tag)
        .map_err(HashError::Failed)?;
    Ok(tag)
}
