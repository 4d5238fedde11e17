//! Fields of a JSON merge patch (RFC 7396).

use std::borrow::Cow;

use mainstay_domain::InvalidValue;
use serde::{Deserialize, Deserializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, OneOfBuilder, Schema, Type},
    },
};
use validator::ValidateLength;

use crate::error::FieldErrors;

/// A field that may be left alone, cleared or set. Use it with `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not in the document: leave it as it is.
    #[default]
    Absent,
    /// `null`: clear it.
    Null,
    /// Set it.
    Value(T),
}

impl<T> Patch<T> {
    /// `None` to leave alone, `Some(None)` to clear, `Some(Some(value))` to set.
    #[must_use]
    pub fn into_change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// Whether the document says nothing about the field.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Patch<String> {
    /// Parses a value to set into the domain, for [`Patch::into_change`]. The outer `None`
    /// means that it was refused.
    pub fn check<U>(
        &self,
        field: &'static str,
        errors: &mut FieldErrors,
        parse: impl FnOnce(&str) -> Result<U, InvalidValue>,
    ) -> Option<Option<Option<U>>> {
        match self {
            Self::Absent => Some(None),
            Self::Null => Some(Some(None)),
            Self::Value(raw) => errors.check(field, parse(raw)).map(|value| Some(Some(value))),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Reached only if the field is there; `#[serde(default)]` makes the rest Absent.
        Option::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Value))
    }
}

impl<T: PartialSchema> PartialSchema for Patch<T> {
    fn schema() -> RefOr<Schema> {
        let null = ObjectBuilder::new().schema_type(Type::Null);
        OneOfBuilder::new().item(null).item(T::schema()).into()
    }
}

impl<T: ToSchema> ToSchema for Patch<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Patch_{}", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

impl ValidateLength<u64> for Patch<String> {
    fn length(&self) -> Option<u64> {
        match self {
            Self::Value(text) => Some(text.chars().count() as u64),
            Self::Absent | Self::Null => None,
        }
    }
}
