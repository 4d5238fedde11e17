//! For people.

use std::fmt::Write as _;

use tracing::Level;

use super::{escape::Escaped, head::Head, logfmt::free_or_quoted, shape::Shape, value::Value};

const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// `time  LEVEL message key=value span: key=value target file:line pid`, in colours at a terminal.
pub(super) struct Pretty {
    colours: bool,
}

impl Pretty {
    pub(super) fn new(colours: bool) -> Self {
        Self { colours }
    }

    fn paint(&self, out: &mut String, code: &str) {
        if self.colours {
            out.push_str(code);
        }
    }

    fn pair(&self, out: &mut String, name: &str, value: Value<'_>) {
        out.push(' ');
        self.paint(out, DIM);
        Escaped::free(out).push(name);
        out.push('=');
        self.paint(out, PLAIN);
        free_or_quoted(out, value);
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

impl Shape for Pretty {
    fn begin(&mut self, out: &mut String, head: &Head<'_>) {
        self.paint(out, DIM);
        out.push_str(head.time);
        self.paint(out, PLAIN);
        out.push(' ');
        self.paint(out, colour(head.level));
        let _ = write!(out, "{:>5}", head.level.as_str());
        self.paint(out, PLAIN);
    }

    fn field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        if name == "message" {
            out.push(' ');
            value.write(&mut Escaped::free(out));
        } else {
            self.pair(out, name, value);
        }
    }

    fn span(&mut self, out: &mut String, name: &str) {
        out.push(' ');
        Escaped::free(out).push(name);
        out.push(':');
    }

    fn span_field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        self.pair(out, name, value);
    }

    fn end(&mut self, out: &mut String, head: &Head<'_>) {
        out.push(' ');
        self.paint(out, DIM);
        out.push_str(head.target);
        if let (Some(file), Some(line)) = (head.file, head.line) {
            let _ = write!(out, " {file}:{line}");
        }
        let _ = write!(out, " pid={}", head.process);
        self.paint(out, PLAIN);
    }
}
