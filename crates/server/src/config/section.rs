//! A product's own section: `notes.max_per_user`, `MAINSTAY_NOTES__MAX_PER_USER`.

use std::fmt;

use figment::{Figment, value::Value};
use serde::de::DeserializeOwned;

use super::{Key, Problem, Setting, keys, layers::Layer};

/// A section of the configuration that a product brings. It is read from the same layers, held
/// to the same rules and shown in the same places as Mainstay's own. [`Duration`] fields are
/// read with `#[serde(deserialize_with = "duration")]`; see [`duration`](super::duration).
///
/// [`Duration`]: std::time::Duration
///
/// ```
/// use mainstay_server::config::{Key, Kind, Section};
///
/// #[derive(serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct NotesConfig {
///     max_per_user: u32,
/// }
///
/// impl Section for NotesConfig {
///     const NAME: &'static str = "notes";
///     const KEYS: &'static [Key] = &[Key::new(
///         "notes.max_per_user",
///         Kind::Whole { min: 1, max: 100_000 },
///         "1000",
///         "How many notes one user may have.",
///     )];
/// }
/// ```
pub trait Section: DeserializeOwned {
    /// Its name, none of Mainstay's: in `mainstay.toml` what stands in brackets.
    const NAME: &'static str;
    /// Its keys, each named `NAME.key`.
    const KEYS: &'static [Key];

    /// Keys that contradict each other, each with what would be accepted. Nothing by default.
    fn contradictions(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}

/// A key, and what would be accepted.
type Contradiction = (&'static str, &'static str);

/// What a type that is a [`Section`] says of itself.
#[derive(Clone, Copy)]
pub(crate) struct Declared {
    name: &'static str,
    pub(super) keys: &'static [Key],
    contradictions: fn(&Values) -> Result<Vec<Contradiction>, Problem>,
}

impl Declared {
    pub(crate) fn of<S: Section>() -> Self {
        Self {
            name: S::NAME,
            keys: S::KEYS,
            contradictions: |values| values.read::<S>().map(|section| section.contradictions()),
        }
    }

    /// Everything that is wrong with the section, or with its declaration.
    pub(super) fn problems(&self, values: &Values, settings: &[Setting]) -> Vec<Problem> {
        let source = |name: &str| {
            let setting = settings.iter().find(|setting| setting.key == name);
            setting.map_or("default", |setting| setting.source.as_str())
        };
        if let Some(problem) = self.misnamed() {
            return vec![problem];
        }
        match (self.contradictions)(values) {
            Ok(found) => found
                .into_iter()
                .map(|(key, message)| Problem::new(key, source(key), message))
                .collect(),
            Err(problem) => vec![problem],
        }
    }

    fn misnamed(&self) -> Option<Problem> {
        let section_of = |key: &Key| key.name.split_once('.').map(|(section, _)| section);
        if keys().any(|key| section_of(key).unwrap_or(key.name) == self.name) {
            let message = "Mainstay has a section of this name; expected another";
            return Some(Problem::new(self.name, "defect", message));
        }
        let stray = self.keys.iter().find(|key| section_of(key) != Some(self.name))?;
        let message = format!("expected the name of a key of {0}, such as {0}.key", self.name);
        Some(Problem::new(stray.name, "defect", message))
    }
}

/// The values of products' sections, once they are checked. `Debug` shows none of them.
#[derive(Clone, Default)]
pub(crate) struct Values(Figment);

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Values {
    pub(super) fn new(checked: Layer) -> Self {
        Self(Figment::from(checked))
    }

    /// The section, with the defaults where nothing was read.
    ///
    /// Figment's own text would repeat the value, which may be a secret.
    pub(crate) fn read<S: Section>(&self) -> Result<S, Problem> {
        let mut defaults = Layer::new("default");
        for key in S::KEYS {
            let default = Value::from(key.default);
            defaults.set(key.name, key.kind.check(&default, false).unwrap_or(default));
        }
        let values = Figment::from(defaults).merge(self.0.clone());
        values.extract_inner(S::NAME).map_err(|error| {
            let message = "this section's keys and its struct differ; please mend the product";
            let path = error.path.join(".");
            Problem::new(if path.is_empty() { S::NAME } else { &path }, "defect", message)
        })
    }
}
