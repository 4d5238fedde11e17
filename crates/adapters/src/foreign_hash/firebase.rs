//! Firebase's scrypt: the project's key, encrypted under what scrypt makes of the password.

use std::fmt;

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use mainstay_domain::InvalidValue;

use super::{
    CostClass, ForeignHash,
    encoding::{check_lengths, either_base64, malformed, number},
    scrypt::ScryptCost,
};

/// Octets of the AES-256 key that scrypt makes.
const AES_KEY_LENGTH: usize = 32;

/// A Firebase project's password hash parameters. `Debug` never shows the key.
#[derive(Clone, PartialEq, Eq)]
pub struct FirebaseScrypt {
    /// `base64_signer_key`, decoded.
    signer_key: Vec<u8>,
    /// `base64_salt_separator`, decoded.
    salt_separator: Vec<u8>,
    /// `rounds`: the block size of scrypt.
    rounds: u32,
    /// `mem_cost`: the logarithm of N.
    memory_cost: u32,
}

impl fmt::Debug for FirebaseScrypt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FirebaseScrypt(***)")
    }
}

impl FirebaseScrypt {
    /// The parameters as Firebase's console shows them: key and separator in base64, `rounds`
    /// and `mem_cost`.
    ///
    /// # Errors
    /// `HASH_MALFORMED` or `HASH_TOO_COSTLY` for parameters no Firebase project has.
    pub fn new(
        signer_key: &str,
        salt_separator: &str,
        rounds: u32,
        memory_cost: u32,
    ) -> Result<Self, InvalidValue> {
        ScryptCost::new(memory_cost, rounds, 1)?;
        let signer_key = either_base64(signer_key)?;
        let salt_separator = either_base64(salt_separator)?;
        check_lengths(&[0], &signer_key)?;
        Ok(Self {
            signer_key,
            salt_separator,
            rounds,
            memory_cost,
        })
    }
}

/// A hash of a Firebase account.
pub(super) struct FirebaseHash {
    cost: ScryptCost,
    signer_key: Vec<u8>,
    /// The account's salt and the project's separator.
    salt: Vec<u8>,
    expected: Vec<u8>,
}

impl FirebaseHash {
    /// `v=1,n=14,r=8,p=1,ss=Bw==,sk=key$salt$sum`. What is left out of `n`, `r`, `ss` and `sk`
    /// is taken from the project's parameters.
    pub(super) fn parse(fields: &str, project: Option<&FirebaseScrypt>) -> Result<Self, InvalidValue> {
        let fields = fields.split('$').collect::<Vec<_>>();
        let [parameters, salt, sum] = fields[..] else {
            return Err(malformed());
        };
        let named = Parameters::parse(parameters)?;
        let default = |of: fn(&FirebaseScrypt) -> u32| project.map(of).ok_or_else(key_missing);
        let memory_cost = named
            .memory_cost
            .map_or_else(|| default(|p| p.memory_cost), number)?;
        let rounds = named.rounds.map_or_else(|| default(|p| p.rounds), number)?;
        let octets = |text: Option<&str>, of: fn(&FirebaseScrypt) -> &Vec<u8>| match text {
            Some(text) => either_base64(text),
            None => project.map(|project| of(project).clone()).ok_or_else(key_missing),
        };
        let signer_key = octets(named.signer_key, |p| &p.signer_key)?;
        let separator = octets(named.salt_separator, |p| &p.salt_separator)?;
        let (mut salt, expected) = (either_base64(salt)?, either_base64(sum)?);
        salt.extend(separator);
        check_lengths(&salt, &expected)?;
        // A cipher in counter mode writes just as much as it reads.
        if expected.len() != signer_key.len() {
            return Err(malformed());
        }
        Ok(Self {
            cost: ScryptCost::new(memory_cost, rounds, 1)?,
            signer_key,
            salt,
            expected,
        })
    }
}

impl ForeignHash for FirebaseHash {
    fn digest(&self, password: &[u8]) -> Result<Vec<u8>, String> {
        let key = self.cost.derive(password, &self.salt, AES_KEY_LENGTH)?;
        let mut sum = self.signer_key.clone();
        encrypt(&key, &mut sum).map_err(|error| error.to_string())?;
        Ok(sum)
    }

    fn expected(&self) -> &[u8] {
        &self.expected
    }

    fn class(&self) -> CostClass {
        self.cost.class()
    }
}

/// AES-256 in counter mode from zero.
fn encrypt(key: &[u8], text: &mut [u8]) -> Result<(), aws_lc_rs::error::Unspecified> {
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key)?)?;
    let zero = EncryptionContext::Iv128(FixedLength::from([0; 16]));
    key.less_safe_encrypt(text, zero).map(|_| ())
}

/// What stands before the salt.
#[derive(Default)]
struct Parameters<'a> {
    memory_cost: Option<&'a str>,
    rounds: Option<&'a str>,
    salt_separator: Option<&'a str>,
    signer_key: Option<&'a str>,
}

impl<'a> Parameters<'a> {
    fn parse(text: &'a str) -> Result<Self, InvalidValue> {
        let mut parameters = Self::default();
        let rest = text.strip_prefix("v=1").ok_or_else(malformed)?;
        for part in rest.split(',').skip(1) {
            let (name, value) = part.split_once('=').ok_or_else(malformed)?;
            let field = match (name, value) {
                ("n", _) => &mut parameters.memory_cost,
                ("r", _) => &mut parameters.rounds,
                ("ss", _) => &mut parameters.salt_separator,
                ("sk", _) => &mut parameters.signer_key,
                // Firebase knows no other.
                ("p", "1") => continue,
                _ => return Err(malformed()),
            };
            if field.replace(value).is_some() {
                return Err(malformed());
            }
        }
        if rest.is_empty() || rest.starts_with(',') {
            Ok(parameters)
        } else {
            Err(malformed())
        }
    }
}

const fn key_missing() -> InvalidValue {
    InvalidValue::new(
        "FIREBASE_KEY_MISSING",
        "needs the Firebase project's parameters: set auth.firebase_scrypt_signer_key",
    )
}
