//! What is wrong with a configuration.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong. Never contains the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The key, or the name of the variable or file if there is no such key.
    pub key: String,
    /// Where it came from: `default`, a file, or a variable.
    pub source: String,
    /// What is wrong and what would be accepted.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(key: &str, source: &str, message: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            source: source.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.key, self.source, self.message)
    }
}

/// Everything that is wrong with a configuration, at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigError {
    /// At least one problem.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = if self.problems.len() == 1 {
            "problem"
        } else {
            "problems"
        };
        write!(f, "the configuration has {} {many}:", self.problems.len())?;
        for problem in &self.problems {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
