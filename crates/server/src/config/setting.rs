//! Values as they may be shown.

use figment::value::Value;
use serde::Serialize;
use url::Url;

use super::{Key, Kind};

/// What stands in the place of a secret.
pub(super) const HIDDEN: &str = "***";

/// One key, its value as it may be shown, and where that came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// Its value; `***` for a secret, empty for none.
    pub value: String,
    /// `default`, the name of a file or of a variable.
    pub source: String,
}

/// A value as it would stand in the environment.
pub(super) fn text(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if let Some(items) = value.as_array() {
        return items.iter().map(text).collect::<Vec<_>>().join(",");
    }
    let unsigned = || value.to_u128().map(|number| number.to_string());
    let number = value.to_i128().map(|number| number.to_string()).or_else(unsigned);
    let flag = || value.to_bool().map(|flag| flag.to_string());
    number.or_else(flag).unwrap_or_default()
}

/// A refused value, for the person who wrote it.
pub(super) fn quoted(value: &Value) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::String(_, text) if text.chars().count() > LONGEST => "a longer text".to_owned(),
        Value::String(_, text) => format!("{text:?}"),
        Value::Num(..) | Value::Bool(..) => text(value),
        Value::Array(..) => "a list".to_owned(),
        Value::Dict(..) => "a section".to_owned(),
        _ => "nothing".to_owned(),
    }
}

/// Hides secrets: all of a key, the password of a URL.
pub(super) fn shown(key: &Key, value: &str) -> String {
    match key.kind {
        _ if !key.secret || value.is_empty() => value.to_owned(),
        Kind::DatabaseUrl | Kind::RedisUrl => without_password(value),
        _ => HIDDEN.to_owned(),
    }
}

fn without_password(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.split('?').next().unwrap_or_default().to_owned();
    }
    let Ok(mut url) = Url::parse(url) else {
        return HIDDEN.to_owned();
    };
    url.set_query(None);
    url.set_fragment(None);
    if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
        return HIDDEN.to_owned();
    }
    url.to_string()
}
