//! Mail addresses.

use std::fmt;

use crate::InvalidValue;

/// A mail address as its owner wrote it, and the key it is compared by.
///
/// Two addresses that differ only in case are the same address on every database:
/// comparison and uniqueness go by [`Email::key`].
#[derive(Debug, Clone)]
pub struct Email {
    address: String,
    key: String,
}

impl Email {
    /// Parses an address: one `@`, a local part of at most 64 octets, a host name with a
    /// dot or `localhost`, at most 254 octets together (RFC 5321 section 4.5.3.1).
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_EMAIL`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let address = raw.trim();
        let invalid = InvalidValue::new("INVALID_EMAIL", "must be a mail address such as ada@example.com");
        let (local, host) = address.rsplit_once('@').ok_or_else(|| invalid.clone())?;
        if address.len() > 254 || !is_local_part(local) || !is_host(host) {
            return Err(invalid);
        }
        Ok(Self {
            address: address.to_owned(),
            key: address.to_lowercase(),
        })
    }

    /// The address as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The lower-cased form used for comparison and uniqueness.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

/// RFC 5322 dot-atom, plus non-ASCII letters and digits (RFC 6531).
fn is_local_part(local: &str) -> bool {
    let atom_char = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    !local.is_empty()
        && local.len() <= 64
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(atom_char))
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    host.eq_ignore_ascii_case("localhost") || (host.contains('.') && host.split('.').all(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_differ_in_case_only_are_equal() {
        let upper = Email::parse("Ada@Example.COM").map_err(|e| e.code);
        assert_eq!(upper, Email::parse("ada@example.com").map_err(|e| e.code));
    }

    #[test]
    fn addresses_that_break_the_grammar_are_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        for raw in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a b@c.de",
            "a@b..c",
            ".a@b.cd",
            "a@-b.cd",
            "a\r\nBcc: x@y.zz",
            "a@b.cd\u{0}",
            "a@b@c.de",
            &long,
        ] {
            assert!(Email::parse(raw).is_err(), "{raw:?} was accepted");
        }
    }
}
