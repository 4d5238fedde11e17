//! Records of the OpenTelemetry protocol, in its JSON encoding (OTLP 1.x, `logs.proto`).

use std::fmt::Write as _;

use tracing::Level;

use super::{escape::Escaped, head::Head, json, shape::Shape, value::Value};

/// One `LogRecord`.
#[derive(Default)]
pub(super) struct OtlpRecord {
    /// What becomes of the field `message`.
    body: String,
    prefix: &'static str,
}

/// `SeverityNumber` of the protocol.
fn severity(level: Level) -> u8 {
    match level {
        Level::TRACE => 1,
        Level::DEBUG => 5,
        Level::INFO => 9,
        Level::WARN => 13,
        Level::ERROR => 17,
    }
}

fn attribute(out: &mut String, prefix: &str, name: &str, value: Value<'_>) {
    if !out.ends_with('[') {
        out.push(',');
    }
    out.push_str("{\"key\":\"");
    out.push_str(prefix);
    Escaped::quoted(out).push(name);
    out.push_str("\",\"value\":{\"");
    // 64-bit numbers are text in the JSON of protocol buffers.
    let (kind, quoted) = match value {
        Value::Flag(_) => ("boolValue", false),
        Value::Signed(_) | Value::Unsigned(_) => ("intValue", true),
        Value::Float(number) if number.is_finite() => ("doubleValue", false),
        _ => ("stringValue", true),
    };
    out.push_str(kind);
    out.push_str("\":");
    if quoted {
        out.push('"');
    }
    value.write(&mut Escaped::quoted(out));
    if quoted {
        out.push('"');
    }
    out.push_str("}}");
}

impl Shape for OtlpRecord {
    fn begin(&mut self, out: &mut String, head: &Head<'_>) {
        let _ = write!(
            out,
            "{{\"timeUnixNano\":\"{}000\",\"severityNumber\":{},\"severityText\":\"{}\",\"attributes\":[",
            head.micros,
            severity(head.level),
            head.level
        );
    }

    fn field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        if name == "message" {
            value.write(&mut Escaped::quoted(&mut self.body));
        } else {
            attribute(out, self.prefix, name, value);
        }
    }

    fn span(&mut self, out: &mut String, name: &str) {
        attribute(out, "", "span", Value::Text(name));
        self.prefix = "span.";
    }

    fn span_field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        attribute(out, self.prefix, name, value);
    }

    fn end(&mut self, out: &mut String, head: &Head<'_>) {
        attribute(out, "", "target", Value::Text(head.target));
        if let Some(file) = head.file {
            attribute(out, "", "code.file.path", Value::Text(file));
        }
        if let Some(line) = head.line {
            attribute(out, "", "code.line.number", Value::Unsigned(line.into()));
        }
        attribute(out, "", "process.pid", Value::Unsigned(head.process.into()));
        out.push_str("],\"body\":{\"stringValue\":\"");
        out.push_str(&self.body);
        out.push_str("\"}}");
    }
}

/// What stands around the records of a batch.
pub(in crate::telemetry) fn envelope(service: &str, version: &str, host: &str) -> (String, String) {
    let mut before = "{\"resourceLogs\":[{\"resource\":{\"attributes\":[".to_owned();
    attribute(&mut before, "", "service.name", Value::Text(service));
    attribute(&mut before, "", "service.version", Value::Text(version));
    attribute(&mut before, "", "host.name", Value::Text(host));
    before.push_str("]},\"scopeLogs\":[{\"scope\":{\"name\":");
    json::text(&mut before, "mainstay");
    before.push_str("},\"logRecords\":[");
    (before, "]}]}]}".to_owned())
}
