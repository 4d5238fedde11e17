//! One JSON object a line.

use std::fmt::Write as _;

use super::{escape::Escaped, head::Head, shape::Shape, value::Value};

/// `{"timestamp":…,"level":…,"message":…,…,"target":…,"file":…,"line":…,"pid":…,"span":{…}}`.
#[derive(Default)]
pub(super) struct Json<'a> {
    /// Members in front, if OpenObserve is to read it.
    open_observe: Option<&'a str>,
    in_span: bool,
}

impl<'a> Json<'a> {
    pub(super) fn for_open_observe(members: &'a str) -> Self {
        Self {
            open_observe: Some(members),
            in_span: false,
        }
    }
}

/// Members that the line has of its own.
fn is_taken(name: &str) -> bool {
    matches!(
        name,
        "timestamp"
            | "_timestamp"
            | "level"
            | "target"
            | "module"
            | "file"
            | "line"
            | "pid"
            | "span"
            | "host"
            | "service"
    )
}

/// Members in front of every line for OpenObserve.
pub(in crate::telemetry) fn members(service: &str, host: &str) -> String {
    let mut members = String::new();
    for (name, value) in [("service", service), ("host", host)] {
        let _ = write!(members, "\"{name}\":");
        text(&mut members, value);
        members.push(',');
    }
    members
}

/// Text between quotes.
pub(super) fn text(out: &mut String, text: &str) {
    out.push('"');
    Escaped::quoted(out).push(text);
    out.push('"');
}

/// A value; numbers and flags stay what they are.
pub(super) fn value(out: &mut String, value: Value<'_>) {
    let quoted = value.is_text();
    if quoted {
        out.push('"');
    }
    value.write(&mut Escaped::quoted(out));
    if quoted {
        out.push('"');
    }
}

fn member(out: &mut String, name: &str, prefix: &str, held: Value<'_>) {
    out.push_str(",\"");
    out.push_str(prefix);
    Escaped::quoted(out).push(name);
    out.push_str("\":");
    value(out, held);
}

impl Shape for Json<'_> {
    fn begin(&mut self, out: &mut String, head: &Head<'_>) {
        out.push('{');
        if let Some(members) = self.open_observe {
            let _ = write!(out, "\"_timestamp\":{},{members}", head.micros);
        }
        out.push_str("\"timestamp\":\"");
        out.push_str(head.time);
        out.push_str("\",\"level\":\"");
        out.push_str(head.level.as_str());
        out.push('"');
    }

    fn field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        let prefix = if is_taken(name) { "field." } else { "" };
        member(out, name, prefix, value);
    }

    fn span(&mut self, out: &mut String, name: &str) {
        self.in_span = true;
        out.push_str(",\"span\":{\"name\":");
        text(out, name);
    }

    fn span_field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        let prefix = if name == "name" { "field." } else { "" };
        member(out, name, prefix, value);
    }

    fn end(&mut self, out: &mut String, head: &Head<'_>) {
        if self.in_span {
            out.push('}');
        }
        member(out, "target", "", Value::Text(head.target));
        if let Some(module) = head.module {
            member(out, "module", "", Value::Text(module));
        }
        if let Some(file) = head.file {
            member(out, "file", "", Value::Text(file));
        }
        if let Some(line) = head.line {
            member(out, "line", "", Value::Unsigned(line.into()));
        }
        member(out, "pid", "", Value::Unsigned(head.process.into()));
        out.push('}');
    }
}
