//! Finding a key by what somebody wrote.

use super::{Key, Sources, keys};

/// Every key that values are looked for: Mainstay's, and those of a product's sections.
pub(super) struct KnownKeys(Vec<&'static Key>);

impl KnownKeys {
    pub(super) fn of(sources: &Sources) -> Self {
        let product = sources.sections.iter().flat_map(|section| section.keys);
        Self(keys().chain(product).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Key> {
        self.0.iter().copied()
    }

    /// The key called `name`.
    pub(super) fn named(&self, name: &str) -> Option<&'static Key> {
        self.iter().find(|key| key.name == name)
    }

    /// The key that `variable` sets, and whether it names a file that holds the value.
    pub(super) fn set_by(&self, variable: &str) -> Option<(&'static Key, bool)> {
        let direct = |name: &str| self.iter().find(|key| key.is_set_by(name));
        let in_file = || variable.strip_suffix("_FILE").and_then(direct);
        direct(variable)
            .map(|key| (key, false))
            .or_else(|| in_file().map(|key| (key, true)))
    }

    /// The key whose name, or variable, is nearest to what somebody wrote.
    pub(super) fn closest(&self, written: &str) -> Option<&'static Key> {
        let written = written
            .trim_start_matches("MAINSTAY_")
            .to_lowercase()
            .replace("__", ".");
        let near = |key: &'static Key| {
            let plain = key.plain.unwrap_or(key.name).to_lowercase();
            let distance = distance(&written, key.name).min(distance(&written, &plain));
            (distance, key)
        };
        let (distance, key) = self.iter().map(near).min_by_key(|(distance, _)| *distance)?;
        (distance <= 3).then_some(key)
    }
}

/// Levenshtein's distance: how many letters must be added, removed or replaced.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut next = vec![i + 1];
        for ((above, beside), b) in row.iter().zip(row.iter().skip(1)).zip(right.bytes()) {
            let here = next.last().copied().unwrap_or_default();
            next.push((above + usize::from(a != b)).min(beside + 1).min(here + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
