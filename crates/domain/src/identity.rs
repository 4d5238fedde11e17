//! Identities: who somebody is at another provider.

use std::fmt;

use crate::{Email, IdentityId, InvalidValue, Timestamp, UserId};

/// Longest issuer and subject, in octets (OpenID Connect Core section 2 for the subject).
const LONGEST: usize = 255;

/// What a provider is called in the configuration and in paths, such as `google`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderName(String);

impl ProviderName {
    /// Parses a name: lower-case letters, digits, `-` or `_`, at most 32 octets.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_PROVIDER`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if raw.is_empty() || raw.len() > 32 || !raw.chars().all(allowed) {
            return Err(InvalidValue::new(
                "INVALID_PROVIDER",
                "must be a name such as google",
            ));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who somebody is at a provider: the issuer and what it calls them. Never the address, which
/// providers give to others once its owner has gone (OpenID Connect Core section 5.7).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey {
    issuer: String,
    subject: String,
}

impl IdentityKey {
    /// Parses issuer and subject: 1 to 255 octets of visible ASCII each.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_IDENTITY`.
    pub fn parse(issuer: &str, subject: &str) -> Result<Self, InvalidValue> {
        let usable = |text: &str| {
            !text.is_empty() && text.len() <= LONGEST && text.chars().all(|c| c.is_ascii_graphic())
        };
        if !usable(issuer) || !usable(subject) {
            return Err(InvalidValue::new(
                "INVALID_IDENTITY",
                "must be visible ASCII of at most 255 octets",
            ));
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }

    /// The provider's issuer.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What the provider calls the person.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// An identity that is linked to an account: whoever proves it at its provider gets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Identity of the link, UUIDv7.
    pub id: IdentityId,
    /// Whose account it opens.
    pub user_id: UserId,
    /// What the provider was called when it was linked.
    pub provider: ProviderName,
    /// Who they are there; linked to one account at most.
    pub key: IdentityKey,
    /// The address the provider told when it was linked; for its owner to recognise it by.
    pub email: Option<Email>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When it last opened a session.
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_that_no_database_compares_alike_are_refused() {
        for raw in ["", "Google", "my provider", "göögle", "a/b", &"p".repeat(33)] {
            assert!(ProviderName::parse(raw).is_err(), "{raw:?} was accepted");
        }
        let long = "s".repeat(256);
        for (issuer, subject) in [
            ("", "1"),
            ("https://a", ""),
            ("https://a", "ü"),
            ("https://a", &long),
        ] {
            assert!(
                IdentityKey::parse(issuer, subject).is_err(),
                "{subject:?} was accepted"
            );
        }
        assert!(ProviderName::parse("google-2").is_ok() && IdentityKey::parse("https://a", "b|1").is_ok());
    }
}
