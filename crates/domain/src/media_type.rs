//! Media types.

use std::fmt;

use crate::InvalidValue;

/// A media type without parameters (RFC 9110 section 8.3.1), in lower case, such as `image/png`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType(String);

impl MediaType {
    /// Parses a type; parameters are left out.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_MEDIA_TYPE`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let essence = raw
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match essence.split_once('/') {
            Some((kind, subtype)) if is_name(kind) && is_name(subtype) => Ok(Self(essence)),
            _ => Err(InvalidValue::new(
                "INVALID_MEDIA_TYPE",
                "must be a media type such as image/png",
            )),
        }
    }

    /// What files are whose octets tell nothing.
    #[must_use]
    pub fn octet_stream() -> Self {
        Self("application/octet-stream".to_owned())
    }

    /// The type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One media type, or all of a kind: `image/png`, `image/*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaPattern(String);

impl MediaPattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_MEDIA_TYPE`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        if let Some(kind) = raw.strip_suffix("/*").filter(|kind| is_name(kind)) {
            return Ok(Self(format!("{}/*", kind.to_ascii_lowercase())));
        }
        MediaType::parse(raw).map(|one| Self(one.0))
    }

    /// Whether a type is one of these.
    #[must_use]
    pub fn matches(&self, media_type: &MediaType) -> bool {
        match self.0.strip_suffix('*') {
            Some(kind) => media_type.0.starts_with(kind),
            None => self.0 == media_type.0,
        }
    }

    /// The pattern.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 6838 section 4.2: what kinds and subtypes are made of, at most 127 characters.
fn is_name(raw: &str) -> bool {
    let first = raw.bytes().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let allowed = |c: u8| c.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&c);
    first && raw.len() <= 127 && raw.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_a_kind_matches_that_kind_only() {
        let png = MediaType::parse("Image/PNG; q=1").unwrap();
        assert_eq!(png.as_str(), "image/png");
        assert!(MediaPattern::parse("image/*").unwrap().matches(&png));
        assert!(MediaPattern::parse("image/png").unwrap().matches(&png));
        for other in ["imag/*", "text/*", "image/jpeg"] {
            assert!(!MediaPattern::parse(other).unwrap().matches(&png), "{other}");
        }
    }

    #[test]
    fn what_is_no_media_type_is_refused() {
        for raw in [
            "",
            "image",
            "image/",
            "/png",
            "image/png/x",
            "ima ge/png",
            "*/*",
            "image/p\r\nng",
        ] {
            assert!(MediaType::parse(raw).is_err(), "{raw:?} was accepted");
        }
        assert!(MediaPattern::parse("*/*").is_err());
    }
}
