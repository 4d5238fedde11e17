//! A proof of work that is asked for after repeated failures.
//!
//! A challenge is not stored: it is signed. That it was solved is, so that each solution counts
//! once. Whether one is asked for depends on counters that exist for unknown accounts just as
//! for known ones.

use std::fmt;

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    digest::{SHA256, digest},
    hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration};
use mainstay_domain::{IdempotencyRecord, Origin, ThrottlePolicy, Timestamp, TokenHash};

use super::{
    AuthError, AuthService,
    guard::{key, typed},
    network::address,
};

/// Longer solutions are no better, and would only be hashed at our cost.
const LONGEST_SOLUTION: usize = 64;
const NONCE: usize = 16;
/// Nonce, end in seconds, difficulty.
const SIGNED: usize = NONCE + 8 + 1;
const MAC: usize = 32;

/// When a proof of work is asked for, and how hard it is.
#[derive(Clone)]
pub struct ChallengeSettings {
    /// Failures under one key before it is.
    pub after: u32,
    /// Zero bits the hash must begin with; each doubles the work.
    pub bits: u8,
    /// How long a challenge can be solved.
    pub ttl: Duration,
    /// Signs challenges.
    pub key: [u8; 32],
}

impl fmt::Debug for ChallengeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChallengeSettings")
            .field("after", &self.after)
            .field("bits", &self.bits)
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}

/// What is to be solved: find a text `s` such that SHA-256 of `token`, a full stop and `s` begins
/// with `bits` zero bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Names the challenge; good for one login name.
    pub token: String,
    /// Zero bits the hash must begin with.
    pub bits: u8,
    /// How long it can be solved.
    pub expires_in: Duration,
}

impl AuthService {
    /// Lets a login as `identifier` pass that needs no proof of work, or brings one: the
    /// challenge's token, a full stop and what solves it. To be called before
    /// [`login`](Self::login); it counts nothing.
    ///
    /// # Errors
    /// `ChallengeRequired`, `Failure`.
    #[tracing::instrument(name = "auth.pass_challenge", skip_all)]
    pub async fn pass_challenge(
        &self,
        identifier: &str,
        solution: Option<&str>,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let throttle = self.throttle();
        let Some(settings) = throttle.challenge.as_ref().filter(|_| throttle.enabled) else {
            return Ok(());
        };
        let account = key("account", &typed(identifier), "");
        let from = key("address", &address(origin), "");
        let asked = self
            .failed(settings, &account, &throttle.account_anywhere)
            .await?
            || self.failed(settings, &from, &throttle.address).await?;
        if !asked {
            return Ok(());
        }
        let solved = solution.and_then(|text| settings.solved(text, &account, self.now()));
        match solved {
            Some(solved) if self.is_first(&solved).await? => Ok(()),
            _ => Err(AuthError::ChallengeRequired(self.challenge(settings, &account))),
        }
    }

    async fn failed(
        &self,
        settings: &ChallengeSettings,
        key: &str,
        policy: &ThrottlePolicy,
    ) -> Result<bool, AuthError> {
        let state = self.ports.store.read().throttles().find(key).await?;
        let fresh = state.filter(|state| self.now() - state.last_at < policy.forget_after);
        Ok(fresh.is_some_and(|state| state.tries.unsigned_abs() >= settings.after))
    }

    fn challenge(&self, settings: &ChallengeSettings, account: &str) -> Challenge {
        let ends = self.now() + settings.ttl;
        let mut octets = self.ports.entropy.secret()[..NONCE].to_vec();
        octets.extend_from_slice(&ends.timestamp().to_be_bytes());
        octets.push(settings.bits);
        octets.extend_from_slice(settings.mac(&octets, account).as_ref());
        Challenge {
            token: BASE64_URL_SAFE_NO_PAD.encode(octets),
            bits: settings.bits,
            expires_in: settings.ttl,
        }
    }

    /// Of any number of uses of one challenge, at the same time or not, one is the first.
    async fn is_first(&self, solved: &Solved) -> Result<bool, AuthError> {
        let record = IdempotencyRecord {
            key: solved.challenge,
            fingerprint: solved.challenge,
            response: None,
            expires_at: solved.ends,
        };
        let records = self.ports.store.read().idempotency();
        Ok(records.claim(&record, self.now()).await?.is_none())
    }
}

/// A challenge that was solved, and in time.
struct Solved {
    challenge: TokenHash,
    ends: Timestamp,
}

impl ChallengeSettings {
    fn mac(&self, octets: &[u8], account: &str) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.key));
        context.update(octets);
        context.update(account.as_bytes());
        context.sign()
    }

    /// The cheapest checks come first; the difficulty is the signed one.
    fn solved(&self, text: &str, account: &str, now: Timestamp) -> Option<Solved> {
        let (token, solution) = text.split_once('.')?;
        if solution.len() > LONGEST_SOLUTION || token.len() > 2 * (SIGNED + MAC) {
            return None;
        }
        let octets = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (signed, mac) = octets.split_at_checked(SIGNED)?;
        verify_slices_are_equal(self.mac(signed, account).as_ref(), mac).ok()?;
        let (rest, bits) = signed.split_at_checked(SIGNED - 1)?;
        let seconds = i64::from_be_bytes(rest.get(NONCE..)?.try_into().ok()?);
        let ends = DateTime::from_timestamp(seconds, 0)?;
        let hash = digest(&SHA256, text.as_bytes());
        let enough = leading_zeros(hash.as_ref()) >= u32::from(*bits.first()?);
        // The nonce makes every challenge another; its hash never meets an Idempotency-Key's.
        let mut challenge = [0; 32];
        challenge.copy_from_slice(digest(&SHA256, &[b"challenge:", signed].concat()).as_ref());
        (now < ends && enough).then_some(Solved {
            challenge: TokenHash(challenge),
            ends,
        })
    }
}

fn leading_zeros(octets: &[u8]) -> u32 {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let rest = octets.get(zeros).map_or(0, |octet| octet.leading_zeros());
    u32::try_from(zeros).unwrap_or(u32::MAX) * 8 + rest
}

#[cfg(test)]
mod tests {
    use super::leading_zeros;

    #[test]
    fn zero_bits_are_counted_across_octets_from_the_left() {
        assert_eq!(leading_zeros(&[0xff]), 0);
        assert_eq!(leading_zeros(&[0x01, 0x00]), 7);
        assert_eq!(leading_zeros(&[0x00, 0x00, 0x1f]), 19);
        assert_eq!(leading_zeros(&[0x00, 0x00]), 16);
    }
}
