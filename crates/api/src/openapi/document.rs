//! The OpenAPI 3.1 document: what the routes say, plus what all of them share.

use mainstay_domain::AuditKind;
use utoipa::{
    OpenApi, ToSchema as _,
    openapi::{
        Content, Header, OpenApi as Document, PathItem, Ref, RefOr, Response,
        header::HeaderBuilder,
        path::{Operation, ParameterIn},
        response::ResponseBuilder,
        schema::{Components, Object, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::parameters;
use crate::error::{ChallengeBody, FieldError, PROBLEM_JSON, Problem};

/// Name of the security scheme; handlers write `security(("bearer" = []))`.
pub const BEARER: &str = "bearer";
/// Name of the scheme of API keys; handlers that take `Require` or `AnyCaller` write
/// `security(("bearer" = []), ("api_key" = []))`.
pub const API_KEY: &str = "api_key";
/// Error answers described once, and referred to by every operation they can happen to.
const SHARED: &[(u16, &str)] = &[
    (400, "The request could not be understood"),
    (401, "No valid access token came with the request"),
    (403, "The caller may not do this"),
    (404, "There is nothing here, or nothing the caller may know of"),
    (408, "The body did not arrive in time"),
    (409, "The request collides with the present state"),
    (412, "The resource has changed since it was read"),
    (413, "The body is too large"),
    (415, "The body is not application/json"),
    (422, "One or more fields were refused"),
    (429, "Too many requests; see Retry-After"),
    (500, "Something broke on our side"),
    (503, "Overloaded, or a dependency is down; see Retry-After"),
];

/// Operations that count tries, and tell how many are left.
const COUNTED: [&str; 8] = [
    "login",
    "register",
    "change_password",
    "create_first_admin",
    "verify_mfa",
    "reauthenticate",
    "offer_passkey_login",
    "login_with_passkey",
];

/// The document before any route is mounted.
#[must_use]
pub fn base(title: &str, version: &str) -> Document {
    #[derive(OpenApi)]
    #[openapi(components(schemas(Problem, FieldError, ChallengeBody)))]
    struct Base;

    let mut document = Base::openapi();
    title.clone_into(&mut document.info.title);
    version.clone_into(&mut document.info.version);
    document.info.license = None;
    document.info.description = Some(
        "Every error is `application/problem+json` (RFC 9457) with a stable `code`; every answer \
         carries `X-Request-ID`."
            .to_owned(),
    );
    document
}

/// Completes the document once every route is mounted; `audit_kinds` are the product's own.
pub fn complete(document: &mut Document, audit_kinds: &[AuditKind]) {
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme(
        BEARER,
        SecurityScheme::Http(
            Http::builder()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .build(),
        ),
    );
    let header = ApiKeyValue::with_description(
        "X-API-Key",
        "An API key; `Authorization: Bearer` takes it, too. What it may do is what its scopes and its \
         owner's permissions have in common.",
    );
    components.add_security_scheme(API_KEY, SecurityScheme::ApiKey(ApiKey::Header(header)));
    for (status, description) in SHARED {
        components.responses.insert(
            shared_name(*status),
            RefOr::T(shared_response(*status, description)),
        );
    }
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            parameters::complete(operation, audit_kinds);
            complete_operation(path, operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
        &mut item.head,
        &mut item.options,
    ]
    .into_iter()
    .flatten()
}

fn complete_operation(path: &str, operation: &mut Operation) {
    for status in applicable(path, operation) {
        operation
            .responses
            .responses
            .entry(status.to_string())
            .or_insert_with(|| Ref::from_response_name(shared_name(status)).into());
    }
    let counted = operation
        .operation_id
        .as_deref()
        .is_some_and(|id| COUNTED.contains(&id));
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            complete_response(status, response);
            if counted {
                add_rate_limit(response);
            }
        }
    }
}

/// Which of the shared answers can happen to an operation.
fn applicable(path: &str, operation: &Operation) -> Vec<u16> {
    let secured = operation.security.as_ref().is_some_and(|list| !list.is_empty());
    let body = operation.request_body.is_some();
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let named = |name: &str| has_parameter(parameters, |parameter| parameter.name.eq_ignore_ascii_case(name));
    let query = has_parameter(parameters, |parameter| {
        parameter.parameter_in == ParameterIn::Query
    });
    let in_path = path.contains('{');
    let conditions = [
        (
            400,
            body || secured
                || named("cursor")
                || named("If-Match")
                || named("If-None-Match")
                || named("Idempotency-Key")
                || named("X-Auth-Mode"),
        ),
        (401, secured),
        (403, secured),
        (404, in_path),
        (408, body),
        (409, named("Idempotency-Key")),
        (412, named("If-Match")),
        (413, body),
        (415, body),
        (422, body || query || in_path),
        (429, path.starts_with("/api/") && (secured || body)),
        (500, true),
        (503, true),
    ];
    conditions
        .into_iter()
        .filter_map(|(status, applies)| applies.then_some(status))
        .collect()
}

fn has_parameter(
    parameters: &[RefOr<utoipa::openapi::path::Parameter>],
    test: impl Fn(&utoipa::openapi::path::Parameter) -> bool,
) -> bool {
    parameters
        .iter()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if test(parameter)))
}

/// Adds the request id to every answer, and the problem document to errors that a handler
/// described in words only.
fn complete_response(status: &str, response: &mut Response) {
    response
        .headers
        .entry("X-Request-ID".to_owned())
        .or_insert_with(|| header("Finds the request in the logs", Type::String));
    if status.starts_with(['4', '5']) && response.content.is_empty() {
        response
            .content
            .insert(PROBLEM_JSON.to_owned(), problem_content());
    }
}

fn shared_name(status: u16) -> String {
    format!("Problem{status}")
}

fn shared_response(status: u16, description: &str) -> Response {
    let mut response = ResponseBuilder::new().description(description).build();
    if matches!(status, 429 | 503) {
        let retry = header("Seconds to wait before trying again", Type::Integer);
        response.headers.insert("Retry-After".to_owned(), retry);
    }
    if status == 429 {
        add_rate_limit(&mut response);
    }
    if status == 401 {
        let challenge = header("How to authenticate (RFC 6750)", Type::String);
        response.headers.insert("WWW-Authenticate".to_owned(), challenge);
    }
    complete_response(&status.to_string(), &mut response);
    response
}

/// What is left (draft-ietf-httpapi-ratelimit-headers-10).
fn add_rate_limit(response: &mut Response) {
    let left = header(
        "Tries that are left, by policy, such as \"account\";r=4;t=900",
        Type::String,
    );
    let policy = header("The policies, such as \"account\";q=5;w=900", Type::String);
    response.headers.insert("RateLimit".to_owned(), left);
    response.headers.insert("RateLimit-Policy".to_owned(), policy);
}

fn problem_content() -> RefOr<Content> {
    Content::new(Some(Ref::from_schema_name(Problem::name()))).into()
}

fn header(description: &str, kind: Type) -> RefOr<Header> {
    HeaderBuilder::new()
        .schema(Some(Object::with_type(SchemaType::new(kind))))
        .description(Some(description))
        .build()
        .into()
}
