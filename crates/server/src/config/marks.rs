//! Telling whether a value has changed without keeping it: some are secrets.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
    sync::LazyLock,
};

use figment::value::Value;

/// Drawn anew for each process, so that a mark tells nobody else anything.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// A mark of each value, by its key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks(BTreeMap<&'static str, u64>);

impl Marks {
    pub(super) fn set(&mut self, key: &'static str, value: &Value) {
        let text = serde_json::to_string(value).unwrap_or_default();
        self.0.insert(key, HASHER.hash_one(text));
    }

    /// The keys whose values differ, in the order of the alphabet.
    pub(crate) fn differing_from(&self, other: &Self) -> Vec<&'static str> {
        let marks = self.0.iter();
        let differing = marks.filter(|(key, mark)| other.0.get(*key) != Some(*mark));
        differing.map(|(key, _)| *key).collect()
    }

    /// Takes the marks of some keys from `newer`.
    pub(crate) fn take_over(&mut self, newer: &Self, keys: &[&'static str]) {
        for key in keys {
            self.0
                .extend(newer.0.get_key_value(key).map(|(key, mark)| (*key, *mark)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_changed_are_named_until_they_are_taken_over() {
        let marks = |level: &str, port: u16| {
            let mut marks = Marks::default();
            marks.set("log.level", &Value::from(level));
            marks.set("server.port", &Value::from(port));
            marks
        };
        let (mut before, after) = (marks("info", 80), marks("debug", 81));
        assert_eq!(marks("info", 80).differing_from(&before), [""; 0]);
        assert_eq!(after.differing_from(&before), ["log.level", "server.port"]);
        before.take_over(&after, &["log.level"]);
        assert_eq!(after.differing_from(&before), ["server.port"]);
    }
}
