//! Object stores: a handle for products that only want to keep octets, the store in memory, and
//! the contract that each must keep.

#[cfg(feature = "contract")]
pub mod contract;
mod handle;
mod memory_objects;
mod span;

pub use handle::{BucketHandle, Storage, StorageError, Uploaded};
pub use memory_objects::MemoryObjects;
pub use span::span;
