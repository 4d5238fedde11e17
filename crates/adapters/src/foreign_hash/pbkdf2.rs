//! PBKDF2 (RFC 8018) as passlib and Django write it.

use std::num::NonZero;

use aws_lc_rs::pbkdf2::{self, Algorithm, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512};
use mainstay_domain::InvalidValue;

use super::{
    CostClass, ForeignHash,
    encoding::{base64, check_lengths, malformed, number, passlib_base64, too_costly},
    limits::MOST_PBKDF2_ITERATIONS,
};

/// A PBKDF2 hash.
pub(super) struct Pbkdf2 {
    algorithm: Algorithm,
    iterations: NonZero<u32>,
    salt: Vec<u8>,
    expected: Vec<u8>,
    /// Iterations of all blocks of output.
    work: u64,
}

impl Pbkdf2 {
    /// passlib's `29000$salt$sum` behind `$pbkdf2-sha256$`.
    pub(super) fn passlib(name: &str, fields: &str) -> Result<Self, InvalidValue> {
        let function = name.strip_prefix("pbkdf2-").unwrap_or("sha1");
        let [iterations, salt, sum] = three(fields)?;
        Self::new(
            (function, iterations),
            passlib_base64(salt)?,
            passlib_base64(sum)?,
        )
    }

    /// Django's `1000000$salt$sum` behind `pbkdf2_sha256$`; the salt is its characters.
    pub(super) fn django(name: &str, fields: &str) -> Result<Self, InvalidValue> {
        let function = name.strip_prefix("pbkdf2_").unwrap_or_default();
        let [iterations, salt, sum] = three(fields)?;
        Self::new((function, iterations), salt.as_bytes().to_vec(), base64(sum)?)
    }

    fn new(
        (function, iterations): (&str, &str),
        salt: Vec<u8>,
        expected: Vec<u8>,
    ) -> Result<Self, InvalidValue> {
        let (algorithm, block) = match function {
            "sha1" => (PBKDF2_HMAC_SHA1, 20),
            "sha256" => (PBKDF2_HMAC_SHA256, 32),
            "sha512" => (PBKDF2_HMAC_SHA512, 64),
            _ => return Err(malformed()),
        };
        check_lengths(&salt, &expected)?;
        let iterations = NonZero::new(number(iterations)?).ok_or_else(malformed)?;
        let work = u64::from(iterations.get()) * expected.len().div_ceil(block) as u64;
        if work > u64::from(MOST_PBKDF2_ITERATIONS) {
            return Err(too_costly());
        }
        Ok(Self {
            algorithm,
            iterations,
            salt,
            expected,
            work,
        })
    }
}

impl ForeignHash for Pbkdf2 {
    fn digest(&self, password: &[u8]) -> Result<Vec<u8>, String> {
        let mut sum = vec![0; self.expected.len()];
        pbkdf2::derive(self.algorithm, self.iterations, &self.salt, password, &mut sum);
        Ok(sum)
    }

    fn expected(&self) -> &[u8] {
        &self.expected
    }

    fn class(&self) -> CostClass {
        CostClass::of("pbkdf2", self.work)
    }
}

fn three(fields: &str) -> Result<[&str; 3], InvalidValue> {
    let fields = fields.split('$').collect::<Vec<_>>();
    fields.try_into().map_err(|_| malformed())
}
