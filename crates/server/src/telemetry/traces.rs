//! Traces for an OTLP collector.

use std::{collections::HashMap, sync::Arc, time::Duration};

use actix_web::http::{StatusCode, header::HeaderMap};
use mainstay_api::RequestTrace;
use opentelemetry::{
    Context, KeyValue, global,
    propagation::{Extractor, TextMapPropagator},
    trace::{Status, TracerProvider},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use secrecy::ExposeSecret;
use tracing::{Level, Metadata, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::filter_fn};

use super::{TelemetryError, conventions::Conventional, logs::Spans};
use crate::config::TracesConfig;

/// Spans that may wait for the collector; more are dropped rather than slowing requests down.
const WAITING_SPANS: usize = 4096;
const BATCH: usize = 512;
const EVERY: Duration = Duration::from_secs(5);
/// How long one batch may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long what still waits may take when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Sends what still waits when dropped; to be kept until the process ends.
#[must_use = "spans still waiting are lost without it"]
pub(crate) struct TracesGuard(SdkTracerProvider);

impl Drop for TracesGuard {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST_WORDS) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// What sends spans to the collector of the configuration, if it names one.
///
/// # Errors
/// [`TelemetryError::Traces`] if there is no way to it.
pub(crate) fn span_layer(config: &TracesConfig) -> Result<Option<(Spans, TracesGuard)>, TelemetryError> {
    let Some(endpoint) = &config.endpoint else {
        return Ok(None);
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(PATIENCE)
        .with_headers(headers(config))
        .build()
        .map_err(|error| TelemetryError::Traces(error.to_string()))?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(WAITING_SPANS)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(EVERY)
        .build();
    let processor = BatchSpanProcessor::builder(Conventional(exporter))
        .with_batch_config(batches)
        .build();
    let ratio = f64::from(config.sample_percent) / 100.0;
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))))
        .with_resource(resource(config))
        .build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("mainstay"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(is_of_interest));
    Ok(Some((layer.boxed(), TracesGuard(provider))))
}

/// Mainstay's spans down to single statements, those of products down to `info`. No events: they
/// are log lines already.
fn is_of_interest(what: &Metadata<'_>) -> bool {
    let most = if what.target().starts_with("mainstay") {
        Level::DEBUG
    } else {
        Level::INFO
    };
    let foreign = ["sea_orm", "sqlx", "hyper", "reqwest", "h2", "actix"];
    what.is_span() && *what.level() <= most && !foreign.iter().any(|name| what.target().starts_with(name))
}

fn headers(config: &TracesConfig) -> HashMap<String, String> {
    let given = config.headers.as_ref().map_or("", |given| given.expose_secret());
    let pairs = given.split(',').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

fn resource(config: &TracesConfig) -> Resource {
    Resource::builder()
        .with_service_name(config.service_name.clone())
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("process.pid", i64::from(std::process::id())),
        ])
        .build()
}

/// What sees requests, if the configuration names a collector.
pub(crate) fn request_trace(config: &TracesConfig) -> Option<Arc<dyn RequestTrace>> {
    config.endpoint.as_ref()?;
    Some(Arc::new(RequestTraces))
}

/// Requests as parts of the traces of their callers (W3C Trace Context).
#[derive(Debug)]
struct RequestTraces;

impl RequestTrace for RequestTraces {
    fn begin(&self, span: &Span, headers: &HeaderMap) {
        let parent = TraceContextPropagator::new().extract(&Headers(headers));
        // It fails only if the span is not traced at all.
        let _ = span.set_parent(parent);
    }

    fn end(&self, span: &Span, status: StatusCode) {
        span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            span.set_status(Status::error(""));
        }
    }
}

/// Makes a new span a part of the trace that a `traceparent` names, if it names one.
pub(crate) fn continue_trace(span: &Span, traceparent: Option<&str>) {
    let Some(traceparent) = traceparent else { return };
    let fields = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &fields);
    // It fails only if the span is not traced at all.
    let _ = span.set_parent(parent);
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}
