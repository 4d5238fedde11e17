//! Where values are looked for.

use std::{collections::BTreeMap, path::PathBuf};

use super::{Declared, Key, known::KnownKeys};

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "mainstay.toml";

/// Where values are looked for. Tests make their own instead of changing the process.
#[derive(Clone, Default)]
pub struct Sources {
    /// Environment variables.
    pub(super) variables: BTreeMap<String, String>,
    /// The file to read, and whether it must exist.
    pub(super) file: Option<(PathBuf, bool)>,
    /// Sections of a product.
    pub(super) sections: Vec<Declared>,
}

impl Sources {
    /// Nothing but the defaults.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// This process: its variables, and `file` or else `mainstay.toml` if there is one.
    #[must_use]
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let text = |raw: std::ffi::OsString| raw.to_string_lossy().into_owned();
        Self {
            variables: std::env::vars_os()
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
            sections: Vec::new(),
            file: Some(file.map_or_else(|| (PathBuf::from(DEFAULT_FILE), false), |file| (file, true))),
        }
    }

    /// With one more variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With sections of a product's own, whose keys are looked for, too.
    pub(crate) fn sections(mut self, sections: Vec<Declared>) -> Self {
        self.sections = sections;
        self
    }

    /// Every key that is looked for, section by section.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        KnownKeys::of(self).iter().collect::<Vec<_>>().into_iter()
    }

    /// With a file that must exist.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some((path.into(), true));
        self
    }
}
