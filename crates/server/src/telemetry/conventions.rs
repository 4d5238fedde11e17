//! Spans by the names that OpenTelemetry gives things.

use std::{borrow::Cow, time::Duration};

use opentelemetry::{Key, Value, trace::SpanKind};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};

/// Names the attributes by the semantic conventions of OpenTelemetry before it hands spans on, so that
/// log lines keep their short names.
#[derive(Debug)]
pub(super) struct Conventional<E>(pub(super) E);

impl<E: SpanExporter> SpanExporter for Conventional<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter_mut().for_each(rename);
        self.0.export(batch).await
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn rename(span: &mut SpanData) {
    match &*span.name {
        "http.request" => {
            span.span_kind = SpanKind::Server;
            span.name = name_of_request(span);
        }
        "http.client" => span.span_kind = SpanKind::Client,
        "queued_job" => span.span_kind = SpanKind::Consumer,
        name if name.starts_with("db.") => span.span_kind = SpanKind::Client,
        _ => {}
    }
    for attribute in &mut span.attributes {
        let name = match attribute.key.as_str() {
            "method" => "http.request.method",
            "route" => "http.route",
            "op" => "db.operation.name",
            "host" => "server.address",
            "status" => "http.response.status_code",
            "user_id" => "user.id",
            "session_id" => "session.id",
            "code" => "error.type",
            _ => continue,
        };
        attribute.key = Key::from_static_str(name);
    }
}

/// `GET /api/v1/users/{id}`.
fn name_of_request(span: &SpanData) -> Cow<'static, str> {
    let value = |name: &str| {
        let found = span
            .attributes
            .iter()
            .find(|attribute| attribute.key.as_str() == name);
        found.map_or(Cow::Borrowed(""), |attribute| match &attribute.value {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            other => Cow::Owned(other.to_string()),
        })
    };
    Cow::Owned(format!("{} {}", value("method"), value("route")))
}
