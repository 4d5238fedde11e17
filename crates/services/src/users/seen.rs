//! What rows before already said, in a few octets a row.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use mainstay_domain::Username;

use super::{ImportedUser, Refusal};

/// Addresses, user names and ids, as numbers of 64 bits: of a million rows, two differ and
/// share one with a probability of one in ten million.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<u64>);

impl Seen {
    /// Remembers what `row` says of itself.
    pub fn add(&mut self, row: &ImportedUser) {
        self.0
            .extend(numbers(row).into_iter().flatten().map(|(_, number)| number));
    }

    /// Whether an earlier row said one of the same things.
    pub fn knows(&self, row: &ImportedUser) -> bool {
        !self.clashes(row).is_empty()
    }

    /// Which of them.
    pub fn clashes(&self, row: &ImportedUser) -> Vec<Refusal> {
        let numbers = numbers(row).into_iter().flatten();
        let known = numbers.filter(|(_, number)| self.0.contains(number));
        known
            .map(|(field, _)| Refusal::new(field, "DUPLICATE", "stands in a row before already"))
            .collect()
    }
}

fn numbers(row: &ImportedUser) -> [Option<(&'static str, u64)>; 3] {
    [
        Some(("email", number("email", row.email.key()))),
        row.username
            .as_ref()
            .map(|name| ("username", number("username", Username::key(name)))),
        row.id.map(|id| ("id", number("id", &id.to_string()))),
    ]
}

fn number(field: &'static str, value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (field, value).hash(&mut hasher);
    hasher.finish()
}
