//! Buckets: what files are kept in.

use std::fmt;

use crate::{BucketId, InvalidValue, MediaPattern, Timestamp, Version};

/// The name of a bucket, as S3 allows it too, so that a real bucket can bear it: 3 to 63 lower-case
/// letters, digits and hyphens, beginning and ending with a letter or digit. No dots: certificates
/// of S3 endpoints do not cover names with dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketName(String);

impl BucketName {
    /// Parses a name that came from outside.
    ///
    /// # Errors
    /// [`InvalidValue`] with code `INVALID_BUCKET_NAME`.
    pub fn parse(raw: &str) -> Result<Self, InvalidValue> {
        let alphanumeric = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let allowed = raw.bytes().all(|c| alphanumeric(c) || c == b'-');
        let ends =
            raw.bytes().next().is_some_and(alphanumeric) && raw.bytes().last().is_some_and(alphanumeric);
        // Names that S3 keeps for itself.
        let reserved = raw.starts_with("xn--") || raw.ends_with("-s3alias");
        if !(3..=63).contains(&raw.len()) || !allowed || !ends || reserved {
            return Err(InvalidValue::new(
                "INVALID_BUCKET_NAME",
                "must be 3 to 63 lower-case letters, digits or hyphens, beginning and ending with a letter or digit",
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

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What may be kept in a bucket. None of the limits is set by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BucketLimits {
    /// The largest file, in octets.
    pub file_size: Option<i64>,
    /// All files together, in octets.
    pub quota: Option<i64>,
    /// Only these types, as found in the files' octets; empty for any.
    pub types: Vec<MediaPattern>,
}

/// A place that files are kept in, with rules of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Identity.
    pub id: BucketId,
    /// What it is called; never changes.
    pub name: BucketName,
    /// Whether anybody may read its files without logging in.
    pub public: bool,
    /// Whether every user may keep files of their own in it. Otherwise only those may who
    /// hold the permission to write every file.
    pub open: bool,
    /// What may be kept.
    pub limits: BucketLimits,
    /// Octets kept now; counted in the same commit as the files.
    pub used: i64,
    /// Files kept now.
    pub files: i64,
    /// Part of every signed URL; counting it up makes all of them worthless.
    pub url_epoch: i32,
    /// Counts changes of its rules, not of its files.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its rules last changed.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_s3_would_refuse_are_refused() {
        let long = "a".repeat(64);
        for raw in [
            "ab", "-ab", "ab-", "Reports", "a.b", "a_b", "äbc", "xn--abc", "../etc", &long,
        ] {
            assert!(BucketName::parse(raw).is_err(), "{raw:?} was accepted");
        }
        assert!(BucketName::parse("reports-2026").is_ok());
    }
}
