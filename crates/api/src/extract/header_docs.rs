//! Headers and path parameters as the OpenAPI document describes them, so that a handler names
//! what it takes: `params(IdPath<NoteId>, IfMatch)`.

use utoipa::{
    IntoParams,
    openapi::{
        KnownFormat, Required, SchemaFormat,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{Object, ObjectBuilder, Type},
    },
};

use super::{IdPath, Idempotent, IfMatch, IfNoneMatch, Seen};

fn text() -> ObjectBuilder {
    Object::builder().schema_type(Type::String)
}

fn header(name: &str, description: &str, schema: ObjectBuilder) -> Vec<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema));
    vec![parameter.build()]
}

impl<T> IntoParams for IdPath<T> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        let parameter = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("Which one."))
            .schema(Some(schema));
        vec![parameter.build()]
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        header("If-Match", "Only if it still has this ETag.", text())
    }
}

impl<T> IntoParams for Seen<T> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut both = IdPath::<T>::into_params(&place);
        both.extend(IfMatch::into_params(place));
        both
    }
}

impl IntoParams for IfNoneMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        header("If-None-Match", "Answer 304 if it still has this ETag.", text())
    }
}

impl IntoParams for Idempotent {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let key = text()
            .min_length(Some(1))
            .max_length(Some(255))
            .pattern(Some("^[!-~]+$"));
        let description = "Repeating the request with the same key does not do it twice.";
        header("Idempotency-Key", description, key)
    }
}
