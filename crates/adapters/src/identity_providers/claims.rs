//! What a provider says about somebody, by ID token or when asked.

use mainstay_services::ports::ProviderError;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::id_token::refused;

/// Claims by name.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Claims(Map<String, Value>);

impl Claims {
    /// The answer of a UserInfo endpoint about `subject`. It may be about nobody else (OpenID
    /// Connect Core section 5.3.2).
    pub(super) fn about(subject: &str, answer: Value) -> Result<Self, ProviderError> {
        let Value::Object(claims) = answer else {
            return Err(refused("the claims are no object"));
        };
        let told = Self(claims);
        if told.text("sub") != Some(subject) {
            return Err(refused("the claims are about somebody else"));
        }
        Ok(told)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Whether a claim is the word `true`: not the text "true", and not a one.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }
}
