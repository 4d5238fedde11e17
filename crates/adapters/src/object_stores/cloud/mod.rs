//! Objects in stores of others: S3 and what speaks like it, Google Cloud Storage, Azure.
//!
//! The crate `object_store` signs and sends the requests. What it does not know, making and
//! removing buckets, is in [`buckets`].

mod buckets;
mod cloud_objects;
mod cloud_reader;
mod cloud_writer;
mod failure;
mod remote;
mod s3_buckets;
mod settings;
mod transport;

pub(super) use buckets::RemoteBuckets;
pub use cloud_objects::CloudObjects;
pub use settings::{BucketPlan, CloudKeys, CloudService, CloudSettings};
