//! `key=value` pairs.

use super::{escape::Escaped, head::Head, shape::Shape, value::Value};

/// `ts=… level=info msg="…" key=value target=… file=… line=… pid=… span=… request_id=…`.
pub(super) struct Logfmt;

fn pair(out: &mut String, name: &str, value: Value<'_>) {
    if !out.is_empty() {
        out.push(' ');
    }
    let safe = |letter: char| {
        if letter.is_control() || matches!(letter, ' ' | '=' | '"') {
            '_'
        } else {
            letter
        }
    };
    out.extend(name.chars().map(safe));
    out.push('=');
    free_or_quoted(out, value);
}

/// Quotes stand only around what needs them.
pub(super) fn free_or_quoted(out: &mut String, value: Value<'_>) {
    let start = out.len();
    value.write(&mut Escaped::quoted(out));
    let written = &out[start..];
    if written.is_empty() || written.contains([' ', '=', '"', '\\']) {
        out.insert(start, '"');
        out.push('"');
    }
}

impl Shape for Logfmt {
    fn begin(&mut self, out: &mut String, head: &Head<'_>) {
        pair(out, "ts", Value::Text(head.time));
        let level = match head.level {
            tracing::Level::ERROR => "error",
            tracing::Level::WARN => "warn",
            tracing::Level::INFO => "info",
            tracing::Level::DEBUG => "debug",
            tracing::Level::TRACE => "trace",
        };
        pair(out, "level", Value::Text(level));
    }

    fn field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        pair(out, if name == "message" { "msg" } else { name }, value);
    }

    fn span(&mut self, out: &mut String, name: &str) {
        pair(out, "span", Value::Text(name));
    }

    fn span_field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        pair(out, name, value);
    }

    fn end(&mut self, out: &mut String, head: &Head<'_>) {
        pair(out, "target", Value::Text(head.target));
        if let Some(module) = head.module {
            pair(out, "module", Value::Text(module));
        }
        if let Some(file) = head.file {
            pair(out, "file", Value::Text(file));
        }
        if let Some(line) = head.line {
            pair(out, "line", Value::Unsigned(line.into()));
        }
        pair(out, "pid", Value::Unsigned(head.process.into()));
    }
}
