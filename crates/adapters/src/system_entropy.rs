//! Randomness of the operating system.

use mainstay_domain::Timestamp;
use mainstay_services::ports::Entropy;
use uuid::{Builder, Uuid};

/// Randomness straight from the operating system.
///
/// AWS-LC's generator would serve as well, but seeds itself for 60 ms when first asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn id(&self, at: Timestamp) -> Uuid {
        // UUIDv7 has no room for times before 1970; nothing of ours is that old.
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &random_octets()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        random_octets()
    }
}

/// Octets nobody can guess. Without a source of randomness every token would be a forgery
/// waiting to happen, so the process ends rather than go on.
pub(crate) fn random_octets<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    if getrandom::fill(&mut octets).is_err() {
        tracing::error!("the operating system gives no randomness");
        std::process::abort();
    }
    octets
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "a test may fail loudly")]

    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_version_7_and_carry_the_time_given() {
        let at = Timestamp::from_timestamp_millis(1_700_000_000_123).expect("a valid time");
        let id = SystemEntropy.id(at);
        assert_eq!(id.get_version_num(), 7);
        let (seconds, nanos) = id.get_timestamp().expect("a time inside").to_unix();
        assert_eq!((seconds, nanos), (1_700_000_000, 123_000_000));
    }

    #[test]
    fn ids_and_secrets_of_one_moment_all_differ() {
        let at = Timestamp::from_timestamp_millis(0).expect("a valid time");
        let ids: HashSet<_> = (0..10_000).map(|_| SystemEntropy.id(at)).collect();
        let secrets: HashSet<_> = (0..1_000).map(|_| SystemEntropy.secret()).collect();
        assert_eq!((ids.len(), secrets.len()), (10_000, 1_000));
    }
}
