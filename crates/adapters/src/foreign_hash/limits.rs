//! What a hash made elsewhere may cost: at most about two seconds and 256 MiB.
//!
//! One login computes one such hash, and the pool bounds how many are computed at a time;
//! without these limits a single stored string could still take all the memory or a thread
//! for hours. Everything that the defaults of passlib, Django, argon2-cffi, pwdlib, Firebase
//! and OWASP ask for is well below them.

/// Longest text of a hash; what the database keeps.
pub(super) const LONGEST_TEXT: usize = 255;
/// Octets of a salt.
pub(super) const LONGEST_SALT: usize = 128;
/// Octets of the hash itself: shorter ones match by chance, longer ones only cost.
pub(super) const DIGEST_LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;

/// Each step doubles the time; 15 takes one to two seconds.
pub(super) const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=15;

/// Iterations for each block of output. Django's default was 1,000,000 in 2025.
pub(super) const MOST_PBKDF2_ITERATIONS: u32 = 5_000_000;

/// KiB of one argon2 or scrypt hash.
const MOST_MEMORY_KIB: u64 = 256 * 1024;
/// KiB that argon2 writes in all its passes.
const MOST_ARGON2_KIB_PASSES: u64 = 2 * 1024 * 1024;
const MOST_ARGON2_LANES: u32 = 64;
/// `N × r × p` of scrypt. OWASP's strongest is 2^20.
const MOST_SCRYPT_WORK: u64 = 1 << 22;

/// Whether argon2 with these parameters may not be computed.
pub(crate) fn argon2_is_too_costly(memory_kib: u32, iterations: u32, parallelism: u32) -> bool {
    u64::from(memory_kib) > MOST_MEMORY_KIB
        || u64::from(memory_kib) * u64::from(iterations) > MOST_ARGON2_KIB_PASSES
        // Little memory makes many passes cheap, but not endless.
        || iterations > 1 << 16
        || parallelism > MOST_ARGON2_LANES
}

/// Whether scrypt with these parameters may not be computed.
pub(super) fn scrypt_is_too_costly(log_n: u8, r: u32, p: u32) -> bool {
    let work = |factor: u32| {
        1_u64
            .checked_shl(log_n.into())
            .and_then(|n| n.checked_mul(r.into()))
            .and_then(|work| work.checked_mul(factor.into()))
            .filter(|_| log_n < 63)
    };
    // 128 octets for each of N × r, and the block of each lane.
    let memory = work(1).and_then(|work| work.checked_add(u64::from(r) * u64::from(p)));
    memory.is_none_or(|blocks| blocks / 8 > MOST_MEMORY_KIB)
        || work(p).is_none_or(|work| work > MOST_SCRYPT_WORK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_common_libraries_write_by_default_is_within_the_limits() {
        // argon2-cffi and pwdlib, Django, RFC 9106's second choice, OWASP's strongest.
        for (memory, passes, lanes) in [(65_536, 3, 4), (102_400, 2, 8), (47_104, 1, 1), (262_144, 8, 4)] {
            assert!(!argon2_is_too_costly(memory, passes, lanes));
        }
        // passlib, Django, Firebase, OWASP.
        for (log_n, r, p) in [(16, 8, 1), (14, 8, 5), (14, 8, 1), (17, 8, 1), (13, 8, 10)] {
            assert!(!scrypt_is_too_costly(log_n, r, p));
        }
    }

    #[test]
    fn extreme_parameters_are_too_costly_without_overflowing() {
        for (memory, passes, lanes) in [
            (u32::MAX, u32::MAX, u32::MAX),
            (262_145, 1, 1),
            (262_144, 9, 1),
            (8, u32::MAX, 1),
            (8, 1, 65),
        ] {
            assert!(argon2_is_too_costly(memory, passes, lanes));
        }
        for (log_n, r, p) in [
            (255, u32::MAX, u32::MAX),
            (64, 1, 1),
            (63, 1, 1),
            (1, u32::MAX, u32::MAX),
            (18, 9, 1),
            (1, 1, u32::MAX),
            (10, 8, 1024),
        ] {
            assert!(scrypt_is_too_costly(log_n, r, p), "{log_n} {r} {p}");
        }
    }
}
