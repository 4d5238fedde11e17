//! Slowing down guesses: a few free tries, then delays that double up to a limit.

use chrono::Duration;

use crate::Timestamp;

/// What is remembered about tries under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottleState {
    /// Tries counted since the last rest.
    pub tries: i32,
    /// No further try before this time.
    pub next_at: Timestamp,
    /// When the last try was counted; also the compare-and-swap guard.
    pub last_at: Timestamp,
}

/// The answer to "may this be tried now?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleDecision {
    /// Yes; the state to store first.
    Allow(ThrottleState),
    /// No; try again after this long.
    Deny(Duration),
}

/// How much of a policy is left under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Tries without any delay.
    pub limit: u32,
    /// A rest this long makes all of them free again.
    pub window: Duration,
    /// Tries that may be made now, one after the other.
    pub remaining: u32,
    /// Until there are more.
    pub reset: Duration,
}

/// How fast tries slow down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottlePolicy {
    /// Tries without any delay.
    pub free_tries: i32,
    /// Delay after the first try that is not free; doubles with each further one.
    pub base_delay: Duration,
    /// Longest delay, so that nobody can lock an owner out for good.
    pub max_delay: Duration,
    /// Tries are forgotten after a rest of this long.
    pub forget_after: Duration,
}

impl ThrottlePolicy {
    /// Decides about a try at `now`, given what is remembered.
    #[must_use]
    pub fn decide(&self, state: Option<ThrottleState>, now: Timestamp) -> ThrottleDecision {
        if let Some(wait) = state.and_then(|state| self.wait(state, now)) {
            return ThrottleDecision::Deny(wait);
        }
        let tries = match state {
            Some(state) if now - state.last_at < self.forget_after => state.tries.saturating_add(1),
            _ => 1,
        };
        ThrottleDecision::Allow(ThrottleState {
            tries,
            next_at: now + self.delay(tries),
            last_at: now,
        })
    }

    /// What is left at `now`, given what is remembered.
    #[must_use]
    pub fn quota(&self, state: Option<ThrottleState>, now: Timestamp) -> Quota {
        let remembered = state.filter(|state| now - state.last_at < self.forget_after);
        let (remaining, reset) = match remembered {
            None => (self.free_tries, self.forget_after),
            Some(state) => match self.wait(state, now) {
                Some(wait) => (0, wait),
                None => {
                    // When a delay is over, one try is free and brings the next delay.
                    let left = self.free_tries.saturating_sub(state.tries).max(1);
                    let reset = state.last_at + self.forget_after - now;
                    (left, reset.min(self.forget_after))
                }
            },
        };
        Quota {
            limit: self.free_tries.unsigned_abs(),
            window: self.forget_after,
            remaining: remaining.unsigned_abs(),
            reset,
        }
    }

    /// How long a delay still lasts. One that is longer than any can be was begun by a clock that has been
    /// set back since, and counts no longer: the next try begins its own. Tries that are free make nobody
    /// wait, however far ahead the clock of whoever counted the last one is.
    fn wait(&self, state: ThrottleState, now: Timestamp) -> Option<Duration> {
        let (delay, left) = (state.next_at - state.last_at, state.next_at - now);
        let waits = delay > Duration::zero() && left > Duration::zero() && left <= self.max_delay;
        waits.then_some(left)
    }

    /// The delay that the `tries`-th try brings with it.
    fn delay(&self, tries: i32) -> Duration {
        let over = tries - self.free_tries;
        if over < 0 {
            return Duration::zero();
        }
        let factor = 1_i32 << over.min(20);
        self.base_delay
            .checked_mul(factor)
            .map_or(self.max_delay, |delay| delay.min(self.max_delay))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const POLICY: ThrottlePolicy = ThrottlePolicy {
        free_tries: 3,
        base_delay: Duration::seconds(1),
        max_delay: Duration::seconds(60),
        forget_after: Duration::minutes(15),
    };

    #[test]
    fn delays_double_after_the_free_tries_up_to_the_limit() {
        let mut now = DateTime::UNIX_EPOCH;
        let mut state = None;
        let mut delays = Vec::new();
        for _ in 0..10 {
            if let ThrottleDecision::Allow(next) = POLICY.decide(state, now) {
                delays.push((next.next_at - now).num_seconds());
                now = next.next_at;
                state = Some(next);
            }
        }
        assert_eq!(delays, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_try_before_the_delay_is_over_is_denied() {
        let now = DateTime::UNIX_EPOCH;
        let state = ThrottleState {
            tries: 5,
            next_at: now + Duration::seconds(4),
            last_at: now,
        };
        assert_eq!(
            POLICY.decide(Some(state), now),
            ThrottleDecision::Deny(Duration::seconds(4))
        );
    }

    #[test]
    fn what_is_left_shrinks_with_every_try_and_comes_back_after_a_rest() {
        let mut now = DateTime::UNIX_EPOCH;
        let mut state = None;
        let mut left = vec![POLICY.quota(state, now).remaining];
        for _ in 0..3 {
            if let ThrottleDecision::Allow(next) = POLICY.decide(state, now) {
                state = Some(next);
            }
            left.push(POLICY.quota(state, now).remaining);
        }
        assert_eq!(left, [3, 2, 1, 0]);
        assert_eq!(POLICY.quota(state, now).reset, Duration::seconds(1));
        now += Duration::seconds(1);
        assert_eq!(POLICY.quota(state, now).remaining, 1);
        now += Duration::minutes(15);
        assert_eq!(POLICY.quota(state, now), POLICY.quota(None, now));
    }

    #[test]
    fn tries_are_forgotten_after_a_long_rest() {
        let now = DateTime::UNIX_EPOCH + Duration::hours(1);
        let state = ThrottleState {
            tries: 9,
            next_at: DateTime::UNIX_EPOCH,
            last_at: DateTime::UNIX_EPOCH,
        };
        assert!(matches!(POLICY.decide(Some(state), now), ThrottleDecision::Allow(next) if next.tries == 1));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer_than_a_delay_can_be() {
        let ahead = DateTime::UNIX_EPOCH + Duration::hours(1);
        let now = DateTime::UNIX_EPOCH;
        let state = |tries: i32| ThrottleState {
            tries,
            next_at: ahead + POLICY.delay(tries),
            last_at: ahead,
        };
        for (before, delay) in [(1, 0), (5, 8)] {
            let next = ThrottleState {
                tries: before + 1,
                next_at: now + Duration::seconds(delay),
                last_at: now,
            };
            assert_eq!(
                POLICY.decide(Some(state(before)), now),
                ThrottleDecision::Allow(next)
            );
            assert!(POLICY.quota(Some(state(before)), now).reset <= POLICY.forget_after);
        }
    }

    #[test]
    fn a_free_try_may_follow_one_that_was_counted_by_a_clock_ahead() {
        let now = DateTime::UNIX_EPOCH;
        let ahead = now + Duration::seconds(2);
        let free = ThrottleState {
            tries: 1,
            next_at: ahead,
            last_at: ahead,
        };
        assert!(matches!(POLICY.decide(Some(free), now), ThrottleDecision::Allow(next) if next.tries == 2));
        let delayed = ThrottleState {
            tries: 4,
            next_at: ahead + POLICY.delay(4),
            last_at: ahead,
        };
        let wait = delayed.next_at - now;
        assert_eq!(POLICY.decide(Some(delayed), now), ThrottleDecision::Deny(wait));
    }
}
