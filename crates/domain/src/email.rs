//! Mail addresses.

use std::{borrow::Cow, fmt};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use crate::InvalidValue;

/// Longest address (RFC 5321 section 4.5.3.1.3), in octets.
const LONGEST: usize = 254;

/// A mail address as its owner wrote it, and the key it is compared by.
///
/// Two addresses that differ only in case are the same address on every database, and so are
/// two spellings of one host name: `exämple.com` and `xn--exmple-cua.com` (RFC 5890 section
/// 2.3.2.1). Comparison and uniqueness go by [`Email::key`].
#[derive(Debug, Clone)]
pub struct Email {
    address: String,
    key: String,
}

impl Email {
    /// Parses an address: one `@`, a local part of at most 64 octets, a host name with a
    /// dot or `localhost`, at most 254 octets together (RFC 5321 section 4.5.3.1), as written
    /// and with the host name in ASCII.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_EMAIL`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let address = raw.trim();
        let invalid = InvalidValue::new("INVALID_EMAIL", "must be a mail address such as ada@example.com");
        let (local, host) = address.rsplit_once('@').ok_or_else(|| invalid.clone())?;
        if address.len() > LONGEST || !is_local_part(local) || !is_host(host) {
            return Err(invalid);
        }
        let host = a_labels(host).ok_or_else(|| invalid.clone())?;
        let key = format!("{}@{host}", local.to_lowercase());
        if key.len() > LONGEST {
            return Err(invalid);
        }
        Ok(Self {
            address: address.to_owned(),
            key,
        })
    }

    /// The address as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The address as written, but for a host name in ASCII, which every mail server takes.
    #[must_use]
    pub fn deliverable(&self) -> String {
        let local = self.address.rsplit_once('@').map_or("", |(local, _)| local);
        let host = self.key.rsplit_once('@').map_or("", |(_, host)| host);
        format!("{local}@{host}")
    }

    /// The form used for comparison and uniqueness: lower case, and the host name in ASCII.
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

/// The host name as it stands in the DNS: in lower case, each label as its A-label (UTS 46
/// without transitional processing). None for what no registry would register.
fn a_labels(host: &str) -> Option<Cow<'_, str>> {
    Uts46::new()
        .to_ascii(
            host.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(raw: &str) -> Option<String> {
        Email::parse(raw).ok().map(|email| email.key().to_owned())
    }

    #[test]
    fn every_spelling_of_a_host_name_is_the_same_address() {
        for twin in [
            "Vic@exämple.com",
            "vic@EXÄMPLE.com",
            "vic@xn--exmple-cua.com",
            "vic@XN--EXMPLE-CUA.COM",
        ] {
            assert_eq!(key(twin).as_deref(), Some("vic@xn--exmple-cua.com"), "{twin}");
        }
        assert_eq!(key("vic@ｅxample.com"), key("vic@example.com"));
        assert_eq!(key("vic@faß.de").as_deref(), Some("vic@xn--fa-hia.de"));
        assert_ne!(key("vic@faß.de"), key("vic@fass.de"));
        assert_ne!(key("vic@exämple.com"), key("vic@example.com"));
    }

    #[test]
    fn the_address_stays_as_written_and_travels_with_an_ascii_host() {
        let email = Email::parse("Jürgen@Exämple.com");
        let email = email.as_ref().map_err(|invalid| invalid.code);
        assert_eq!(email.map(Email::as_str), Ok("Jürgen@Exämple.com"));
        assert_eq!(
            email.map(Email::deliverable),
            Ok("Jürgen@xn--exmple-cua.com".to_owned())
        );
    }

    #[test]
    fn host_names_that_are_no_names_in_the_dns_are_refused() {
        let many = format!("vic@{}com", "äöü.".repeat(30));
        for raw in ["vic@xn--a.com", "vic@xn--.com", "vic@xn--example-.com", &many] {
            assert!(Email::parse(raw).is_err(), "{raw:?} was accepted");
        }
    }

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
