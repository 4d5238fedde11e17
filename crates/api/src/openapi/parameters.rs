//! What parameters have in common.

use mainstay_domain::AuditKind;
use utoipa::openapi::{
    RefOr, Schema,
    path::{Operation, Parameter},
    schema::{SchemaType, Type},
};

/// An entity tag, or `*` (RFC 9110 section 13.1.1). A list of tags is taken too, but a simple
/// pattern is one that generators of clients and tests understand.
const CONDITION: &str = r#"^(\*|(W/)?"[A-Za-z0-9._-]+")$"#;

/// Completes every parameter: a parameter may be left out, but there is no way to write
/// `null` in a query or a header, whatever an `Option` makes of it.
pub(super) fn complete(operation: &mut Operation, audit_kinds: &[AuditKind]) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            refuse_null(parameter);
            describe_condition(parameter);
            add_kinds(parameter, audit_kinds);
        }
    }
}

fn refuse_null(parameter: &mut Parameter) {
    match &mut parameter.schema {
        Some(RefOr::T(Schema::Object(object))) => {
            if let SchemaType::Array(types) = &mut object.schema_type {
                types.retain(|kind| *kind != Type::Null);
                if let [only] = types.as_slice() {
                    object.schema_type = SchemaType::Type(only.clone());
                }
            }
        }
        Some(RefOr::T(Schema::OneOf(choice))) => {
            choice.items.retain(|item| !is_null(item));
            if choice.items.len() == 1 {
                parameter.schema = choice.items.pop();
            }
        }
        _ => {}
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

fn describe_condition(parameter: &mut Parameter) {
    if !matches!(parameter.name.as_str(), "If-Match" | "If-None-Match") {
        return;
    }
    if let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema {
        object.pattern = Some(CONDITION.to_owned());
        object.examples = vec!["*".into()];
    }
}

/// Names the product's kinds of audit events where Mainstay's are named.
fn add_kinds(parameter: &mut Parameter, product: &[AuditKind]) {
    let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema else {
        return;
    };
    let named = object.enum_values.as_mut().filter(|_| parameter.name == "kind");
    if let Some(names) = named.filter(|names| names.contains(&AuditKind::UserCreated.as_str().into())) {
        names.extend(product.iter().map(|kind| kind.as_str().into()));
    }
}
