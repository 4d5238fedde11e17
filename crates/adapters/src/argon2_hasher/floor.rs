//! How long the answer "no" takes.
//!
//! Hashes made elsewhere take longer or shorter than ours. Somebody who measures could tell an
//! account that was imported, and is not upgraded yet, from an address that nobody has. So
//! once such a hash was met, every "no" takes as long as the slowest kind met so far; waiting
//! costs no thread. Where nothing was imported, nobody waits.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::foreign_hash::CostClass;

/// Nobody waits longer, whatever a hash took on a machine that was busy.
const LONGEST: Duration = Duration::from_secs(3);
/// More kinds than anybody has.
const MOST_KINDS: usize = 256;

/// The pace of each kind of hash; none stands for our own.
#[derive(Default)]
pub(super) struct Floor(Mutex<BTreeMap<Option<CostClass>, Duration>>);

impl Floor {
    /// Notes how long a comparison took.
    pub fn record(&self, class: Option<CostClass>, took: Duration) {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paces.len() < MOST_KINDS || paces.contains_key(&class) {
            let pace = paces.entry(class).or_insert(took);
            *pace = (*pace * 7 + took) / 8;
        }
    }

    /// How much longer a "no" that took so long already has to take.
    pub fn rest(&self, took: Duration) -> Duration {
        let paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paces.keys().all(Option::is_none) {
            return Duration::ZERO;
        }
        // A quarter more, because half of all comparisons take longer than their mean.
        let slowest = paces.values().max().copied().unwrap_or_default() * 5 / 4;
        slowest.min(LONGEST).saturating_sub(took)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Duration = Duration::from_millis(20);
    const SLOW: Duration = Duration::from_millis(200);

    #[test]
    fn nobody_waits_where_no_foreign_hash_was_met() {
        let floor = Floor::default();
        floor.record(None, OWN);
        assert_eq!(floor.rest(Duration::ZERO), Duration::ZERO);
    }

    #[test]
    fn every_no_takes_as_long_as_the_slowest_kind_met() {
        let floor = Floor::default();
        floor.record(None, OWN);
        floor.record(Some(CostClass::of("pbkdf2", 1 << 20)), SLOW);
        floor.record(Some(CostClass::of("bcrypt", 1 << 4)), Duration::from_millis(1));
        assert_eq!(floor.rest(OWN), SLOW * 5 / 4 - OWN);
        assert_eq!(floor.rest(SLOW), SLOW / 4);
        assert_eq!(floor.rest(SLOW * 2), Duration::ZERO);
    }

    #[test]
    fn a_foreign_hash_that_is_quick_does_not_answer_sooner_than_ours() {
        let floor = Floor::default();
        floor.record(None, OWN);
        floor.record(Some(CostClass::of("pbkdf2", 1)), Duration::from_millis(1));
        assert!(floor.rest(Duration::from_millis(1)) > OWN);
    }
}
