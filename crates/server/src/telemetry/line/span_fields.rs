//! What a span knows, kept until a line of it is written.

use std::fmt::Write as _;

use super::value::Value;

enum Kept {
    Text(Box<str>),
    Flag(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
}

/// The fields of a span, in the order in which they were first recorded.
#[derive(Default)]
pub(super) struct SpanFields(Vec<(&'static str, Kept)>);

impl SpanFields {
    /// A field that is recorded again changes its value.
    pub(super) fn record(&mut self, name: &'static str, value: Value<'_>) {
        let kept = match value {
            Value::Text(text) => Kept::Text(text.into()),
            Value::Debug(value) => {
                let mut text = String::new();
                let _ = write!(text, "{value:?}");
                Kept::Text(text.into())
            }
            Value::Flag(flag) => Kept::Flag(flag),
            Value::Signed(number) => Kept::Signed(number),
            Value::Unsigned(number) => Kept::Unsigned(number),
            Value::Float(number) => Kept::Float(number),
        };
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = kept,
            None => self.0.push((name, kept)),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, Value<'_>)> {
        self.0.iter().map(|(name, kept)| {
            let value = match kept {
                Kept::Text(text) => Value::Text(text),
                Kept::Flag(flag) => Value::Flag(*flag),
                Kept::Signed(number) => Value::Signed(*number),
                Kept::Unsigned(number) => Value::Unsigned(*number),
                Kept::Float(number) => Value::Float(*number),
            };
            (*name, value)
        })
    }
}
