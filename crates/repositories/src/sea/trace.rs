//! The trace that a call belongs to, for whoever goes on with it later.

/// The `traceparent` (W3C Trace Context) of the span that this runs in; nothing if there are no traces.
#[cfg(feature = "traces")]
pub(super) fn traceparent() -> Option<String> {
    let mut fields = std::collections::HashMap::new();
    opentelemetry::global::get_text_map_propagator(|propagator| propagator.inject(&mut fields));
    fields.remove("traceparent")
}

/// There are no traces in this build.
#[cfg(not(feature = "traces"))]
pub(super) fn traceparent() -> Option<String> {
    None
}
