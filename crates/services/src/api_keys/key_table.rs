//! What a meter remembers of each key.

use std::collections::HashMap;

use mainstay_domain::ApiKeyId;

/// With fewer keys remembered nobody looks for those that rest.
pub(super) const SWEEP_AT: usize = 10_000;

/// Remembers something of each key, and forgets keys that rest.
///
/// It looks for those only when a key arrives that it does not know, and when as many have come
/// as were busy the last time: each new key pays for two looks at most, however many are busy, a
/// known one for none, and no more than twice the keys that were busy are remembered.
#[derive(Debug)]
pub(super) struct KeyTable<V> {
    known: HashMap<ApiKeyId, V>,
    sweep_at: usize,
}

impl<V> Default for KeyTable<V> {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            sweep_at: SWEEP_AT,
        }
    }
}

impl<V: Default> KeyTable<V> {
    pub(super) fn get(&self, key: ApiKeyId) -> Option<&V> {
        self.known.get(&key)
    }

    pub(super) fn get_mut(&mut self, key: ApiKeyId) -> Option<&mut V> {
        self.known.get_mut(&key)
    }

    /// What is known of a key from now on; of keys that are not busy it may be forgotten.
    pub(super) fn entry(&mut self, key: ApiKeyId, is_busy: impl Fn(&V) -> bool) -> &mut V {
        if self.known.len() >= self.sweep_at && !self.known.contains_key(&key) {
            self.known.retain(|_, known| is_busy(known));
            self.sweep_at = SWEEP_AT.max(2 * self.known.len());
        }
        self.known.entry(key).or_default()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use uuid::Uuid;

    use super::*;

    fn key(id: usize) -> ApiKeyId {
        ApiKeyId(Uuid::from_u128(id as u128))
    }

    #[test]
    fn no_key_pays_for_more_than_two_looks_while_all_are_busy() {
        let (mut table, looks) = (KeyTable::<u8>::default(), Cell::new(0));
        let busy = |_: &u8| {
            looks.set(looks.get() + 1);
            true
        };
        let keys = 10 * SWEEP_AT;
        for id in 0..keys {
            table.entry(key(id), busy);
        }
        assert_eq!(table.len(), keys, "a busy key is never forgotten");
        assert!(looks.get() <= 2 * keys, "{} looks at {keys} keys", looks.get());
        let before = looks.get();
        for id in 0..keys {
            table.entry(key(id), busy);
        }
        assert_eq!(looks.get(), before, "known keys pay for nothing");
    }

    #[test]
    fn keys_that_rest_are_forgotten_and_room_is_not_kept_for_them() {
        let mut table = KeyTable::<u8>::default();
        for id in 0..10 * SWEEP_AT {
            *table.entry(key(id), |_| true) = 1;
        }
        for id in 10 * SWEEP_AT..30 * SWEEP_AT {
            *table.entry(key(id), |known| *known == 2) = 1;
        }
        assert!(table.len() <= SWEEP_AT, "{} are remembered", table.len());
    }
}
