//! From the errors of serde and validator to refused fields, without ever repeating a value.

use std::borrow::Cow;

use serde_path_to_error::Path;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::error::{ApiError, ErrorCode, FieldErrors};

/// Explains why a well-formed document does not have the expected shape.
pub(super) fn of_shape(path: &Path, message: &str) -> ApiError {
    let base = path.to_string();
    let base = if base == "." { "" } else { base.as_str() };
    let (name, code, text) = if let Some(name) = quoted(message, "missing field `") {
        (name, "REQUIRED", "is required")
    } else if let Some(name) = quoted(message, "unknown field `") {
        (name, "UNKNOWN_FIELD", "is not a known field")
    } else if let Some(name) = quoted(message, "duplicate field `") {
        (name, "DUPLICATE_FIELD", "must be given only once")
    } else if message.starts_with("unknown variant") {
        ("", "INVALID_CHOICE", "is not one of the allowed values")
    } else if message.starts_with("invalid length") {
        ("", "INVALID_LENGTH", "does not have the expected length")
    } else {
        ("", "INVALID_TYPE", "is not of the expected type or format")
    };
    let field = match join(base, name) {
        field if field.is_empty() => WHOLE.to_owned(),
        field => field,
    };
    let text = expectation(message).unwrap_or(text);
    ApiError::new(ErrorCode::VALIDATION_FAILED).field(field, code, text)
}

/// The name under which a document as a whole is refused.
const WHOLE: &str = "body";

/// A document that should have been an object.
pub(super) fn of_list() -> ApiError {
    ApiError::new(ErrorCode::VALIDATION_FAILED).field(WHOLE, "INVALID_TYPE", OBJECT)
}

const OBJECT: &str = "must be a JSON object";

/// What serde says it expected, in words of our own. What it found stands before that, may be a
/// password, and is not looked at.
fn expectation(message: &str) -> Option<&'static str> {
    let (kind, _) = message.split_once(':')?;
    let (_, expected) = message.rsplit_once(", expected ")?;
    let expected = expected.split(" at line ").next()?;
    let text = match expected.split(' ').next()? {
        "struct" | "map" => OBJECT,
        "a" if expected == "a map" => OBJECT,
        "a" if expected == "a sequence" => "must be a list",
        "a" if expected == "a boolean" => "must be true or false",
        "a" if expected == "a string" || expected == "a borrowed string" => "must be text",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "must be a whole number",
        "f32" | "f64" => "must be a number",
        _ => return None,
    };
    (kind == "invalid type").then_some(text)
}

/// The name in backticks after `prefix`. It may come from the client, so it is cut and
/// stripped of anything but plain characters.
fn quoted<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = message.strip_prefix(prefix)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let end = rest.find(|c| !plain(c)).unwrap_or(rest.len());
    Some(&rest[..end.min(64)])
}

/// Joins path and name, unless the path ends with the name already.
fn join(base: &str, name: &str) -> String {
    let ends_with_name = base == name || base.strip_suffix(name).is_some_and(|head| head.ends_with('.'));
    match (base, name) {
        (base, "") => base.to_owned(),
        ("", name) => name.to_owned(),
        (base, _) if ends_with_name => base.to_owned(),
        (base, name) => format!("{base}.{name}"),
    }
}

/// Every refusal of the validator.
pub(super) fn of_rules(errors: &ValidationErrors) -> ApiError {
    let mut fields = FieldErrors::new();
    collect("", errors, &mut fields);
    let mut fields = fields.into_vec();
    // The validator keeps a hash map: without sorting the order would change from call to call.
    fields.sort_by(|a, b| (&a.field, &a.code).cmp(&(&b.field, &b.code)));
    fields
        .into_iter()
        .fold(ApiError::new(ErrorCode::VALIDATION_FAILED), |error, field| {
            error.field(field.field, field.code, field.message)
        })
}

fn collect(base: &str, errors: &ValidationErrors, fields: &mut FieldErrors) {
    for (name, kind) in &errors.0 {
        // `__all__` is the validator's name for rules about the whole struct.
        let name = if name == "__all__" { "" } else { name.as_ref() };
        let path = join(base, name);
        match kind {
            ValidationErrorsKind::Field(list) => {
                for error in list {
                    fields.add(path.clone(), code_of(error), message_of(error));
                }
            }
            ValidationErrorsKind::Struct(inner) => collect(&path, inner, fields),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{path}[{index}]"), inner, fields);
                }
            }
        }
    }
}

fn code_of(error: &ValidationError) -> String {
    match error.code.as_ref() {
        "email" => "INVALID_EMAIL".to_owned(),
        "url" => "INVALID_URL".to_owned(),
        "length" => "INVALID_LENGTH".to_owned(),
        "range" => "OUT_OF_RANGE".to_owned(),
        "regex" => "INVALID_FORMAT".to_owned(),
        other => other.to_ascii_uppercase().replace(['-', ' '], "_"),
    }
}

/// The rule's own message, or one made of its limits. `params.value` is what the client sent,
/// possibly a password, and is never looked at.
fn message_of(error: &ValidationError) -> Cow<'static, str> {
    if let Some(message) = &error.message {
        return message.clone();
    }
    let limit = |name: &str| error.params.get(name).map(ToString::to_string);
    let unit = if error.code == "length" {
        " characters or items"
    } else {
        ""
    };
    match (limit("min"), limit("max"), limit("equal")) {
        (_, _, Some(exact)) => format!("must be exactly {exact}{unit}").into(),
        (Some(min), Some(max), _) => format!("must be {min} to {max}{unit}").into(),
        (Some(min), None, _) => format!("must be at least {min}{unit}").into(),
        (None, Some(max), _) => format!("must be at most {max}{unit}").into(),
        _ => Cow::Borrowed("is not valid"),
    }
}
