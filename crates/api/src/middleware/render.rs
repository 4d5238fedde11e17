//! Every error leaves as a problem document.

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::ServiceResponse,
    http::{
        StatusCode,
        header::{
            CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING,
            WWW_AUTHENTICATE,
        },
    },
};

use super::{exchange::Exchange, keep_body::KeepBody};
use crate::error::{ApiError, ErrorCode, PROBLEM_JSON, Problem};

/// Replaces the body of an error answer, unless it is a problem document already.
pub(super) fn answer<B: MessageBody>(
    exchange: &Exchange,
    response: ServiceResponse<B>,
) -> ServiceResponse<EitherBody<B>> {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || is_problem(response.headers()) || keeps_body(&response) {
        return response.map_into_left_body();
    }
    let document = match response.response().error() {
        Some(error) => explain(exchange, error, status),
        None => document(exchange, None, status),
    };
    let mut response = response.map_body(|_, _| EitherBody::right(BoxBody::new(document)));
    describe(exchange, status, response.headers_mut());
    response
}

/// The answer to an error that took its request with it: a panic, a timeout.
pub(super) fn orphan(exchange: &Exchange, error: &Error) -> HttpResponse {
    let mut response = error.error_response();
    let status = response.status();
    let document = explain(exchange, error, status);
    describe(exchange, status, response.headers_mut());
    response.set_body(BoxBody::new(document))
}

/// Our own errors were logged where they arose. What else fails on our side is logged here,
/// because the client will not learn the cause.
fn explain(exchange: &Exchange, error: &Error, status: StatusCode) -> String {
    let known = error.as_error::<ApiError>();
    if known.is_none() && status.is_server_error() {
        tracing::error!(%error, "a handler failed");
    }
    document(exchange, known, status)
}

fn document(exchange: &Exchange, error: Option<&ApiError>, status: StatusCode) -> String {
    let (path, id) = (exchange.uri.path(), &exchange.context.request_id);
    let code = error.map_or_else(|| ErrorCode::for_status(status), ApiError::code);
    // For the access line: which rule refused whom (ASVS 5.0 16.3.2, 16.3.3).
    exchange.span.record("code", code.as_str());
    metrics::counter!("mainstay_problems_total", "code" => code.as_str()).increment(1);
    let Some(error) = error else {
        let mut problem = Problem::of_code(code, path, id);
        problem.status = status.as_u16();
        return problem.to_json();
    };
    Problem::of_error(error, path, id).to_json()
}

fn describe(exchange: &Exchange, status: StatusCode, headers: &mut HeaderMap) {
    // These told of the body that was replaced.
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if status == StatusCode::UNAUTHORIZED && !headers.contains_key(WWW_AUTHENTICATE) {
        headers.insert(WWW_AUTHENTICATE, challenge(exchange.sent_token));
    }
}

/// RFC 6750 section 3.1: without a token the challenge names no error.
fn challenge(sent_token: bool) -> HeaderValue {
    HeaderValue::from_static(if sent_token {
        "Bearer error=\"invalid_token\""
    } else {
        "Bearer"
    })
}

fn keeps_body<B>(response: &ServiceResponse<B>) -> bool {
    response.response().extensions().get::<KeepBody>().is_some()
}

fn is_problem(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    value.is_some_and(|value| value.starts_with(PROBLEM_JSON.as_bytes()))
}
