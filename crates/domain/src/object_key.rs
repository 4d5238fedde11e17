//! Names of files in a bucket.

use std::fmt;

use crate::InvalidValue;

/// Octets of the longest key; S3 has the same limit.
const MAX_LEN: usize = 1024;

/// The name of a file in its bucket: up to 1,024 octets of UTF-8 in which `/` parts folders.
///
/// Any name a person gives a file is allowed. What is not: control characters (they would end up
/// in headers and logs), empty segments, and the segments `.` and `..`, which clients and proxies
/// resolve before they ask. It compares by octets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

impl ObjectKey {
    /// Parses a key that came from outside, percent-decoded already.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_KEY`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let segment = |part: &str| !part.is_empty() && part != "." && part != "..";
        if raw.len() > MAX_LEN || raw.chars().any(char::is_control) || !raw.split('/').all(segment) {
            return Err(InvalidValue::new(
                "INVALID_KEY",
                "must be 1 to 1024 octets without control characters, empty segments, `.` and `..`",
            ));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The whole key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last `/`.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What keys begin with: any text a key could begin with, the empty text included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// Parses a prefix that came from outside.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_PREFIX`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        if raw.len() > MAX_LEN || raw.chars().any(char::is_control) {
            return Err(InvalidValue::new(
                "INVALID_PREFIX",
                "must be at most 1024 octets without control characters",
            ));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl KeyPrefix {
    /// The octets that come right after everything that begins so; none if nothing does.
    #[must_use]
    pub fn successor(&self) -> Option<Vec<u8>> {
        successor(self.as_str().as_bytes())
    }
}

/// The least octets that are greater than everything beginning with `prefix`.
#[must_use]
pub fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let (last, rest) = prefix.split_last()?;
    // UTF-8 has no octet 255.
    let mut next = rest.to_vec();
    next.push(last.checked_add(1)?);
    Some(next)
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_could_leave_their_bucket_are_refused() {
        let long = "a".repeat(1025);
        for raw in [
            "", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\0b", "a\r\nb", "a\u{85}b", &long,
        ] {
            assert!(ObjectKey::parse(raw).is_err(), "{raw:?} was accepted");
        }
    }

    #[test]
    fn names_that_people_give_files_are_kept_as_they_are() {
        let thousand = "ä".repeat(500);
        for raw in [
            "CON",
            "a b.txt",
            "...",
            "\"quoted\"",
            "C:\\temp",
            "\u{202e}fdp.exe",
            "%2e%2e/%00",
            &thousand,
        ] {
            assert_eq!(ObjectKey::parse(raw).map(|key| key.0), Ok(raw.to_owned()));
        }
        assert_eq!(
            ObjectKey::parse("2026/q3.pdf").map(|key| key.file_name().to_owned()),
            Ok("q3.pdf".into())
        );
    }
}
