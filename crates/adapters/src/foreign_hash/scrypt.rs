//! scrypt (RFC 7914) as passlib, the PHC format and Django write it.

use mainstay_domain::InvalidValue;
use scrypt::Params;

use super::{
    CostClass, ForeignHash,
    encoding::{base64, check_lengths, malformed, named, number, too_costly},
    limits::scrypt_is_too_costly,
};

/// The cost of scrypt, within its limits.
pub(super) struct ScryptCost {
    log_n: u8,
    r: u32,
    p: u32,
}

impl ScryptCost {
    pub(super) fn new(log_n: u32, r: u32, p: u32) -> Result<Self, InvalidValue> {
        let log_n = u8::try_from(log_n).map_err(|_| too_costly())?;
        if log_n == 0 || r == 0 || p == 0 {
            return Err(malformed());
        }
        if scrypt_is_too_costly(log_n, r, p) {
            return Err(too_costly());
        }
        Ok(Self { log_n, r, p })
    }

    /// Computes `length` octets.
    pub(super) fn derive(&self, password: &[u8], salt: &[u8], length: usize) -> Result<Vec<u8>, String> {
        let params = Params::new(self.log_n, self.r, self.p).map_err(|error| error.to_string())?;
        let mut sum = vec![0; length];
        scrypt::scrypt(password, salt, &params, &mut sum).map_err(|error| error.to_string())?;
        Ok(sum)
    }

    pub(super) fn class(&self) -> CostClass {
        CostClass::of("scrypt", (u64::from(self.r) * u64::from(self.p)) << self.log_n)
    }
}

/// A scrypt hash.
pub(super) struct Scrypt {
    cost: ScryptCost,
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl Scrypt {
    /// `ln=16,r=8,p=1$salt$sum`.
    pub(super) fn phc(fields: &str) -> Result<Self, InvalidValue> {
        let fields = fields.split('$').collect::<Vec<_>>();
        let [parameters, salt, sum] = fields[..] else {
            return Err(malformed());
        };
        let [log_n, r, p] = named(parameters, ["ln", "r", "p"])?;
        Self::new((number(log_n)?, r, p), base64(salt)?, sum)
    }

    /// Django's `16384$salt$8$5$sum`: N itself, and the salt as its characters.
    pub(super) fn django(fields: &str) -> Result<Self, InvalidValue> {
        let fields = fields.split('$').collect::<Vec<_>>();
        let [n, salt, r, p, sum] = fields[..] else {
            return Err(malformed());
        };
        let n = number(n)?;
        if !n.is_power_of_two() {
            return Err(malformed());
        }
        Self::new((n.ilog2(), r, p), salt.as_bytes().to_vec(), sum)
    }

    fn new((log_n, r, p): (u32, &str, &str), salt: Vec<u8>, sum: &str) -> Result<Self, InvalidValue> {
        let expected = base64(sum)?;
        check_lengths(&salt, &expected)?;
        Ok(Self {
            cost: ScryptCost::new(log_n, number(r)?, number(p)?)?,
            salt,
            expected,
        })
    }
}

impl ForeignHash for Scrypt {
    fn digest(&self, password: &[u8]) -> Result<Vec<u8>, String> {
        self.cost.derive(password, &self.salt, self.expected.len())
    }

    fn expected(&self) -> &[u8] {
        &self.expected
    }

    fn class(&self) -> CostClass {
        self.cost.class()
    }
}
