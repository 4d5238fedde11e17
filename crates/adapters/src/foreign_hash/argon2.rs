//! argon2 as argon2-cffi, passlib, pwdlib and Django write it.

use argon2::{Algorithm, Params, Version};
use mainstay_domain::InvalidValue;

use super::{
    CostClass, ForeignHash,
    encoding::{base64, check_lengths, malformed, named, number, too_costly},
    limits::argon2_is_too_costly,
};

/// RFC 9106 asks for 8 octets of salt at least.
const SHORTEST_SALT: usize = 8;

/// An argon2 hash of any variant and version.
pub(super) struct Argon2 {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Argon2 {
    /// `$argon2id$v=19$m=65536,t=3,p=4$salt$sum`; without `v=` it is version 16.
    pub(super) fn parse(text: &str) -> Result<Self, InvalidValue> {
        let fields = text.split('$').collect::<Vec<_>>();
        let (variant, version, parameters, salt, sum) = match fields[..] {
            ["", variant, version, parameters, salt, sum] => (variant, version, parameters, salt, sum),
            ["", variant, parameters, salt, sum] => (variant, "v=16", parameters, salt, sum),
            _ => return Err(malformed()),
        };
        let (salt, expected) = (base64(salt)?, base64(sum)?);
        check_lengths(&salt, &expected)?;
        if salt.len() < SHORTEST_SALT {
            return Err(malformed());
        }
        Ok(Self {
            algorithm: algorithm(variant)?,
            version: match version {
                "v=16" => Version::V0x10,
                "v=19" => Version::V0x13,
                _ => return Err(malformed()),
            },
            params: params(parameters, expected.len())?,
            salt,
            expected,
        })
    }
}

impl ForeignHash for Argon2 {
    fn digest(&self, password: &[u8]) -> Result<Vec<u8>, String> {
        let mut sum = vec![0; self.expected.len()];
        argon2::Argon2::new(self.algorithm, self.version, self.params.clone())
            .hash_password_into(password, &self.salt, &mut sum)
            .map_err(|error| error.to_string())?;
        Ok(sum)
    }

    fn expected(&self) -> &[u8] {
        &self.expected
    }

    fn class(&self) -> CostClass {
        let work = u64::from(self.params.m_cost()) * u64::from(self.params.t_cost());
        CostClass::of("argon2", work)
    }
}

fn algorithm(variant: &str) -> Result<Algorithm, InvalidValue> {
    match variant {
        "argon2i" => Ok(Algorithm::Argon2i),
        "argon2d" => Ok(Algorithm::Argon2d),
        "argon2id" => Ok(Algorithm::Argon2id),
        _ => Err(malformed()),
    }
}

fn params(text: &str, length: usize) -> Result<Params, InvalidValue> {
    let [memory, iterations, parallelism] = named(text, ["m", "t", "p"])?;
    let (memory, iterations, parallelism) = (number(memory)?, number(iterations)?, number(parallelism)?);
    if argon2_is_too_costly(memory, iterations, parallelism) {
        return Err(too_costly());
    }
    Params::new(memory, iterations, parallelism, Some(length)).map_err(|_| malformed())
}
