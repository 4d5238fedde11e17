//! Where events become lines.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
    time::SystemTime,
};

use tracing::{
    Event, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, Scope},
};

use super::{
    clock::{self, LineClock},
    head::{LogOrigin, Origin},
    shape::{LineFormat, Shape},
    span_fields::SpanFields,
    value::{Fields, Value},
};
use crate::telemetry::output::Queue;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
    static MUTE: Cell<bool> = const { Cell::new(false) };
}

/// What a thread uses again and again, so that a line allocates nothing.
#[derive(Default)]
struct Scratch {
    clock: LineClock,
    line: String,
    seen: Vec<&'static str>,
}

/// Writes no lines about what happens meanwhile on this thread: what carries lines away would
/// otherwise make new ones with each.
pub(in crate::telemetry) fn mute<T>(what: impl FnOnce() -> T) -> T {
    let _muted = Muted(MUTE.replace(true));
    what()
}

/// Ends with what was before, a panic or not.
struct Muted(bool);

impl Drop for Muted {
    fn drop(&mut self) {
        MUTE.set(self.0);
    }
}

/// Writes every event to every output.
pub(in crate::telemetry) struct LineLayer {
    outputs: Vec<(LineFormat, Arc<Queue>)>,
    process: u32,
}

impl LineLayer {
    pub(in crate::telemetry) fn new(outputs: Vec<(LineFormat, Arc<Queue>)>) -> Self {
        let process = std::process::id();
        Self { outputs, process }
    }

    fn write<S>(&self, event: &Event<'_>, context: &Context<'_, S>, scratch: &mut Scratch)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let metadata = event.metadata();
        let other = LogOrigin::of(event);
        let origin = other
            .as_ref()
            .map_or_else(|| Origin::of(metadata), LogOrigin::borrowed);
        let level = *metadata.level();
        let micros = clock::micros(SystemTime::now());
        let time = scratch.clock.show(micros);
        let head = origin.head(level, (micros, time), self.process);
        let mut last = None;
        for (format, queue) in self.outputs.iter().filter(|(format, _)| format.wants(level)) {
            if last != Some(format) {
                scratch.line.clear();
                let line = &mut scratch.line;
                format.with(|shape| {
                    shape.begin(line, &head);
                    fields(event, other.is_some(), line, shape);
                    spans(context.event_scope(event), line, &mut scratch.seen, shape);
                    shape.end(line, &head);
                });
                scratch.line.push('\n');
                last = Some(format);
            }
            queue.push(scratch.line.as_bytes());
        }
    }
}

fn fields(event: &Event<'_>, of_log: bool, line: &mut String, shape: &mut dyn Shape) {
    event.record(&mut Fields(|name: &'static str, value: Value<'_>| {
        if !(of_log && name.starts_with("log.")) {
            shape.field(line, name, value);
        }
    }));
}

/// The innermost span gives its name; fields come from all, and the inner goes before the outer.
fn spans<'a, S>(
    scope: Option<Scope<'a, S>>,
    line: &mut String,
    seen: &mut Vec<&'static str>,
    shape: &mut dyn Shape,
) where
    S: LookupSpan<'a>,
{
    seen.clear();
    for (depth, span) in scope.into_iter().flatten().enumerate() {
        if depth == 0 {
            shape.span(line, span.name());
        }
        let extensions = span.extensions();
        let Some(fields) = extensions.get::<SpanFields>() else {
            continue;
        };
        for (name, value) in fields.iter().filter(|(name, _)| !seen.contains(name)) {
            shape.span_field(line, name, value);
        }
        seen.extend(fields.iter().map(|(name, _)| name));
    }
}

impl<S> Layer<S> for LineLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = SpanFields::default();
        attributes.record(&mut Fields(|name: &'static str, value: Value<'_>| {
            fields.record(name, value);
        }));
        span.extensions_mut().replace(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<SpanFields>() {
            values.record(&mut Fields(|name: &'static str, value: Value<'_>| {
                fields.record(name, value);
            }));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if MUTE.get() {
            return;
        }
        let written = SCRATCH.try_with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => self.write(event, &context, &mut scratch),
            // A value logged something while it was being written.
            Err(_) => self.write(event, &context, &mut Scratch::default()),
        });
        if written.is_err() {
            // The thread is ending, and something that ends with it logs.
            self.write(event, &context, &mut Scratch::default());
        }
    }
}
