//! Why a raw value was refused.

/// A raw value that breaks a rule of its type. `code` is stable and part of the API;
/// `message` is a sentence for people. Neither ever contains the refused value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidValue {
    /// Stable machine-readable reason, SCREAMING_SNAKE.
    pub code: &'static str,
    /// What would be accepted, in a sentence.
    pub message: &'static str,
}

impl InvalidValue {
    /// A refusal with its stable code and a sentence for people.
    #[must_use]
    pub const fn new(code: &'static str, message: &'static str) -> Self {
        Self { code, message }
    }
}
