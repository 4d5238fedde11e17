//! Keeping octets: on a local disk, and in stores of others.

#[cfg(feature = "object-storage")]
mod b2;
#[cfg(feature = "object-storage")]
mod cloud;
mod disk;

#[cfg(feature = "object-storage")]
pub use b2::{B2Bucket, B2BucketType, B2Client, B2LifecycleRule, B2Settings};
#[cfg(feature = "object-storage")]
pub use cloud::{BucketPlan, CloudKeys, CloudObjects, CloudService, CloudSettings};
pub use disk::LocalDisk;
