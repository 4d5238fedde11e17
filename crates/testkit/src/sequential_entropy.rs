//! Ids and secrets that are the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use mainstay_domain::Timestamp;
use mainstay_services::ports::Entropy;
use uuid::Uuid;

/// Counts up; ids are valid UUIDv7 that sort in the order they were made.
#[derive(Default)]
pub struct SequentialEntropy(AtomicU64);

impl SequentialEntropy {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Entropy for SequentialEntropy {
    fn id(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).expect("a time after 1970");
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.next().to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&self.next().to_be_bytes());
        secret
    }
}
