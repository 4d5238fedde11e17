//! bcrypt, and what passlib and Django put before it.

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use mainstay_domain::InvalidValue;

use super::{
    CostClass, ForeignHash,
    encoding::{bcrypt_base64, malformed, named, number, too_costly},
    limits::BCRYPT_COSTS,
};

/// bcrypt looks at so many octets, the closing NUL included.
const KEY_LENGTH: usize = 72;

/// What is done to a password before bcrypt, so that more than 72 octets count.
enum Before {
    /// Nothing.
    Nothing,
    /// Django's `bcrypt_sha256`: SHA-256 in hexadecimal.
    HexSha256,
    /// passlib's `bcrypt-sha256` version 1: SHA-256 in base64.
    Base64Sha256,
    /// passlib's `bcrypt-sha256` version 2: HMAC-SHA-256 in base64, its key the text of the salt.
    Base64Hmac(String),
}

/// A bcrypt hash.
pub(super) struct Bcrypt {
    before: Before,
    cost: u32,
    salt: [u8; 16],
    /// bcrypt makes 24 octets, and everybody drops the last.
    expected: [u8; 23],
}

impl Bcrypt {
    /// `$2b$12$` and 53 characters. `2a`, `2b` and `2y` compute the same; `2x` is a defect of
    /// its own, and `2` forgets the closing NUL.
    pub(super) fn plain(text: &str) -> Result<Self, InvalidValue> {
        let fields = text.split('$').collect::<Vec<_>>();
        let ["", "2a" | "2b" | "2y", cost, body] = fields[..] else {
            return Err(malformed());
        };
        let (salt, sum) = body.split_at_checked(22).ok_or_else(malformed)?;
        Self::new(Before::Nothing, two_digits(cost)?, salt, sum)
    }

    /// Django's `bcrypt_sha256$$2b$12$…`, from behind the first dollar.
    pub(super) fn django_sha256(rest: &str) -> Result<Self, InvalidValue> {
        Ok(Self {
            before: Before::HexSha256,
            ..Self::plain(rest)?
        })
    }

    /// passlib's `v=2,t=2b,r=12$salt$sum`, or `2b,12$salt$sum` before its version 1.7.3.
    pub(super) fn passlib_sha256(fields: &str) -> Result<Self, InvalidValue> {
        let fields = fields.split('$').collect::<Vec<_>>();
        let [parameters, salt, sum] = fields[..] else {
            return Err(malformed());
        };
        let (before, kind, cost) = if parameters.starts_with("v=") {
            let [version, kind, cost] = named(parameters, ["v", "t", "r"])?;
            if version != "2" {
                return Err(malformed());
            }
            (Before::Base64Hmac(salt.to_owned()), kind, number(cost)?)
        } else {
            let (kind, cost) = parameters.split_once(',').ok_or_else(malformed)?;
            (Before::Base64Sha256, kind, number(cost)?)
        };
        if !matches!(kind, "2a" | "2b" | "2y") {
            return Err(malformed());
        }
        Self::new(before, cost, salt, sum)
    }

    fn new(before: Before, cost: u32, salt: &str, sum: &str) -> Result<Self, InvalidValue> {
        if cost > *BCRYPT_COSTS.end() {
            return Err(too_costly());
        }
        if !BCRYPT_COSTS.contains(&cost) {
            return Err(malformed());
        }
        Ok(Self {
            before,
            cost,
            salt: bcrypt_base64(salt)?,
            expected: bcrypt_base64(sum)?,
        })
    }

    /// What bcrypt gets to see of `password`.
    fn key(&self, password: &[u8]) -> Vec<u8> {
        let mut key = match &self.before {
            Before::Nothing => password.to_vec(),
            Before::HexSha256 => hexadecimal(digest(&SHA256, password).as_ref()),
            Before::Base64Sha256 => BASE64_STANDARD.encode(digest(&SHA256, password)).into_bytes(),
            Before::Base64Hmac(salt) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, salt.as_bytes());
                BASE64_STANDARD.encode(hmac::sign(&key, password)).into_bytes()
            }
        };
        key.push(0);
        key.truncate(KEY_LENGTH);
        key
    }
}

impl ForeignHash for Bcrypt {
    fn digest(&self, password: &[u8]) -> Result<Vec<u8>, String> {
        let sum = bcrypt::bcrypt(self.cost, self.salt, &self.key(password));
        Ok(sum[..self.expected.len()].to_vec())
    }

    fn expected(&self) -> &[u8] {
        &self.expected
    }

    fn class(&self) -> CostClass {
        CostClass::of("bcrypt", 1 << self.cost)
    }
}

/// Costs below ten are written with a zero before them.
fn two_digits(text: &str) -> Result<u32, InvalidValue> {
    if text.len() != 2 || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(malformed());
    }
    text.parse().map_err(|_| malformed())
}

fn hexadecimal(octets: &[u8]) -> Vec<u8> {
    let digits = octets.iter().flat_map(|octet| [octet >> 4, octet & 15]);
    digits
        .map(|digit| b"0123456789abcdef"[usize::from(digit)])
        .collect()
}
