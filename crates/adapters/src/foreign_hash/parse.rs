//! Telling one spelling from another.

use mainstay_domain::InvalidValue;

use super::{
    FirebaseScrypt, ForeignHash, argon2::Argon2, bcrypt::Bcrypt, encoding::malformed, firebase::FirebaseHash,
    limits::LONGEST_TEXT, pbkdf2::Pbkdf2, scrypt::Scrypt,
};

/// Reads a hash in any spelling that `docs/importing-users.md` lists.
///
/// # Errors
/// `HASH_UNKNOWN`, `HASH_MALFORMED`, `HASH_TOO_COSTLY`, `FIREBASE_KEY_MISSING`.
pub(crate) fn parse(
    text: &str,
    firebase: Option<&FirebaseScrypt>,
) -> Result<Box<dyn ForeignHash>, InvalidValue> {
    if text.len() > LONGEST_TEXT || !text.bytes().all(|octet| octet.is_ascii_graphic()) {
        return Err(malformed());
    }
    // Django writes the algorithm first; all others begin with a dollar.
    let (name, rest) = text.split_once('$').ok_or_else(unknown)?;
    match name {
        "" => parse_modular(text, rest, firebase),
        "bcrypt" => boxed(Bcrypt::plain(rest)),
        "bcrypt_sha256" => boxed(Bcrypt::django_sha256(rest)),
        "argon2" => boxed(Argon2::parse(&text["argon2".len()..])),
        "scrypt" => boxed(Scrypt::django(rest)),
        "pbkdf2_sha1" | "pbkdf2_sha256" => boxed(Pbkdf2::django(name, rest)),
        _ => Err(unknown()),
    }
}

fn parse_modular(
    text: &str,
    rest: &str,
    firebase: Option<&FirebaseScrypt>,
) -> Result<Box<dyn ForeignHash>, InvalidValue> {
    let (name, fields) = rest.split_once('$').ok_or_else(unknown)?;
    match name {
        "2a" | "2b" | "2y" => boxed(Bcrypt::plain(text)),
        "bcrypt-sha256" => boxed(Bcrypt::passlib_sha256(fields)),
        "argon2i" | "argon2d" | "argon2id" => boxed(Argon2::parse(text)),
        "scrypt" => boxed(Scrypt::phc(fields)),
        "pbkdf2" | "pbkdf2-sha1" | "pbkdf2-sha256" | "pbkdf2-sha512" => boxed(Pbkdf2::passlib(name, fields)),
        "fbscrypt" => boxed(FirebaseHash::parse(fields, firebase)),
        _ => Err(unknown()),
    }
}

fn boxed<H: ForeignHash + 'static>(
    hash: Result<H, InvalidValue>,
) -> Result<Box<dyn ForeignHash>, InvalidValue> {
    hash.map(|hash| Box::new(hash) as Box<dyn ForeignHash>)
}

const fn unknown() -> InvalidValue {
    InvalidValue::new(
        "HASH_UNKNOWN",
        "must be a bcrypt, argon2, scrypt, PBKDF2 or Firebase scrypt hash in a spelling of docs/importing-users.md",
    )
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
