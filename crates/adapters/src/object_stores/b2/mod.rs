//! The native API of Backblaze B2, for what its S3 endpoint lacks: types of buckets, lifecycle
//! rules, and authorizations for downloads. Objects pass through the S3 endpoint.
//!
//! <https://www.backblaze.com/apidocs/introduction-to-the-b2-native-api>, version 3.

mod b2_buckets;
mod b2_client;
#[cfg(test)]
mod b2_client_tests;
mod failure;
mod session;
mod wire;

pub(super) use b2_buckets::B2Buckets;
pub use b2_client::{B2Client, B2Settings};
pub use wire::{B2Bucket, B2BucketType, B2LifecycleRule};
