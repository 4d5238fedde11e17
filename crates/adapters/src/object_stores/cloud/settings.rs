//! How a remote store is reached.

use std::{path::PathBuf, time::Duration};

use super::super::b2::B2Settings;

/// Parts that a store takes at most in one object (S3).
const MOST_PARTS: u64 = 10_000;
/// Octets of a part; S3 takes none below 5 MiB.
const SMALLEST_PART: u64 = 8 << 20;

/// How a remote store is reached.
#[derive(Clone)]
pub struct CloudSettings {
    /// Whose store it is.
    pub service: CloudService,
    /// What a bucket is there.
    pub buckets: BucketPlan,
    /// The largest object, in octets. It decides how large the parts are that a long object is
    /// written in: 8 MiB up to 78 GiB, more for more.
    pub largest: u64,
    /// How long the store may be silent.
    pub timeout: Duration,
    /// How often a request is tried again.
    pub retries: u32,
    /// Whether plain HTTP will do, for a store on a developer's machine.
    pub insecure: bool,
}

impl CloudSettings {
    /// Octets of a part. All parts of an object but the last have the same length: R2 insists.
    pub(super) fn part_size(&self) -> usize {
        let wanted = self.largest.div_ceil(MOST_PARTS).max(SMALLEST_PART);
        usize::try_from(wanted).unwrap_or(usize::MAX)
    }

    /// Whether the store is Amazon's own.
    pub(super) fn is_amazon(&self) -> bool {
        matches!(self.service, CloudService::S3 { endpoint: None, .. })
    }
}

/// Whose store it is.
#[derive(Clone)]
pub enum CloudService {
    /// Amazon S3, or what speaks like it.
    S3 {
        /// What it is called in logs: `s3`, `b2`.
        name: &'static str,
        /// Where it is; none for Amazon's own.
        endpoint: Option<String>,
        /// Its region.
        region: String,
        /// Whether the bucket stands in the host name instead of the path.
        virtual_host_style: bool,
        /// Who we are; none for what the machine is allowed to.
        keys: Option<CloudKeys>,
        /// The native API of Backblaze, which makes and removes the buckets then.
        native: Option<B2Settings>,
    },
    /// Google Cloud Storage.
    Gcs {
        /// Where it is; none for Google's own.
        endpoint: Option<String>,
        /// The key file of a service account; none for what the machine is allowed to.
        credentials: Option<PathBuf>,
    },
    /// Azure Blob Storage.
    Azure {
        /// Where it is; none for Microsoft's own.
        endpoint: Option<String>,
        /// Account and key.
        keys: CloudKeys,
    },
}

/// Who we are at a store. It has no `Debug`, so that no log shows it.
#[derive(Clone)]
pub struct CloudKeys {
    /// The name, which is no secret.
    pub id: String,
    /// The secret.
    pub secret: String,
}

/// What a bucket is at a remote store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BucketPlan {
    /// A prefix in one bucket that is there already.
    Prefix {
        /// That bucket.
        bucket: String,
        /// What stands before the bucket's name.
        before: String,
    },
    /// A bucket.
    Bucket {
        /// What stands before the bucket's name: names of S3 are taken all over the world.
        before: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_with_the_largest_object_that_is_allowed() {
        let part = |largest| {
            let settings = CloudSettings {
                service: CloudService::Gcs {
                    endpoint: None,
                    credentials: None,
                },
                buckets: BucketPlan::Bucket {
                    before: String::new(),
                },
                largest,
                timeout: Duration::from_secs(1),
                retries: 0,
                insecure: false,
            };
            settings.part_size() as u64
        };
        assert_eq!(part(5 << 30), 8 << 20);
        assert_eq!(part(78 << 30), 8 << 20);
        assert!(part(5 << 40) * MOST_PARTS >= 5 << 40);
    }
}
