//! Events of Sentry (`application/x-sentry-envelope`, items of type `event`), of errors alone.
//!
//! A report leaves the house, so that it names what it knows and nothing else: fields that are not
//! listed here are not told, and free texts are told without what may be about a person.

use std::fmt::Write as _;

use tracing::Level;

use super::{escape::Escaped, head::Head, json, scrub::scrub, shape::Shape, value::Value};

/// Where panics are logged.
const PANICS: &str = "mainstay::panic";
/// The longest value of a tag.
const LONGEST_TAG: usize = 200;

/// What becomes of a field.
enum Part {
    /// To be searched for.
    Tag,
    /// In words of others: it is scrubbed.
    Text,
    Number,
    Message,
}

fn part(name: &str) -> Option<Part> {
    Some(match name {
        "message" => Part::Message,
        "request_id" | "method" | "route" | "code" | "op" | "kind" | "job" | "component" | "output"
        | "to" | "place" | "thread" => Part::Tag,
        "error" | "reason" | "panic" => Part::Text,
        "status" | "attempt" | "lost" | "refused" | "lines" | "failed" | "dropped" | "mended.lost"
        | "strays" => Part::Number,
        _ => return None,
    })
}

/// One event.
pub(super) struct Report<'a> {
    /// What every report says: release, environment, host.
    members: &'a str,
    message: String,
    tags: String,
    extra: String,
    panic: Option<String>,
    route: String,
    code: String,
}

/// Whether an event is worth a report.
pub(super) fn is_reported(level: Level) -> bool {
    level == Level::ERROR
}

/// Members in front of every report.
pub(in crate::telemetry) fn report_members(release: &str, environment: &str, host: &str) -> String {
    let mut members = String::new();
    for (name, value) in [
        ("release", release),
        ("environment", environment),
        ("server_name", host),
    ] {
        member(&mut members, name, value);
        members.push(',');
    }
    members
}

fn member(out: &mut String, name: &str, value: &str) {
    json::text(out, name);
    out.push(':');
    json::text(out, value);
}

fn listed(out: &mut String, name: &str, value: &str) {
    if !out.is_empty() {
        out.push(',');
    }
    member(out, name, value);
}

impl<'a> Report<'a> {
    pub(super) fn new(members: &'a str) -> Self {
        Self {
            members,
            message: String::new(),
            tags: String::new(),
            extra: String::new(),
            panic: None,
            route: String::new(),
            code: String::new(),
        }
    }

    fn tag(&mut self, name: &str, value: Value<'_>) {
        let text = value.text();
        let cut = &text[..text.floor_char_boundary(LONGEST_TAG)];
        match name {
            "route" => cut.clone_into(&mut self.route),
            "code" => cut.clone_into(&mut self.code),
            _ => {}
        }
        listed(&mut self.tags, name, cut);
    }

    fn free_text(&mut self, name: &str, value: Value<'_>) {
        let text = scrub(&value.text());
        if name == "panic" {
            self.panic = Some(text);
        } else {
            listed(&mut self.extra, name, &text);
        }
    }

    /// Whatever is logged at one place, for one route and with one code, is one matter.
    fn fingerprint(&self, out: &mut String, place: &str) {
        out.push_str(",\"fingerprint\":[");
        for (number, text) in [place, &self.route, &self.code].into_iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            json::text(out, text);
        }
        out.push(']');
    }

    fn exception(&self, out: &mut String) {
        let Some(panic) = &self.panic else { return };
        out.push_str(",\"exception\":{\"values\":[{\"type\":\"panic\",");
        member(out, "value", panic);
        out.push_str(",\"mechanism\":{\"type\":\"panic\",\"handled\":false}}]}");
    }
}

impl Shape for Report<'_> {
    fn begin(&mut self, out: &mut String, head: &Head<'_>) {
        let level = if head.target == PANICS { "fatal" } else { "error" };
        let (seconds, micros) = (head.micros / 1_000_000, head.micros % 1_000_000);
        let _ = write!(
            out,
            "{{\"timestamp\":{seconds}.{micros:06},\"platform\":\"other\",\"level\":\"{level}\",{}",
            self.members
        );
    }

    fn field(&mut self, _: &mut String, name: &str, value: Value<'_>) {
        match part(name) {
            Some(Part::Message) => self.message = scrub(&value.text()),
            Some(Part::Tag) => self.tag(name, value),
            Some(Part::Text) => self.free_text(name, value),
            Some(Part::Number) if !value.is_text() => self.tag(name, value),
            _ => {}
        }
    }

    fn span(&mut self, _: &mut String, name: &str) {
        listed(&mut self.tags, "span", name);
    }

    fn span_field(&mut self, out: &mut String, name: &str, value: Value<'_>) {
        if name != "message" {
            self.field(out, name, value);
        }
    }

    fn end(&mut self, out: &mut String, head: &Head<'_>) {
        let mut place = String::new();
        let (file, line) = (head.file.unwrap_or(head.target), head.line.unwrap_or_default());
        let _ = write!(Escaped::free(&mut place), "{file}:{line}");
        listed(&mut self.extra, "logged_at", &place);
        member(out, "logger", head.target);
        if !self.route.is_empty() {
            out.push(',');
            member(out, "transaction", &self.route);
        }
        out.push_str(",\"logentry\":{");
        member(out, "formatted", &self.message);
        let _ = write!(out, "}},\"tags\":{{{}}},\"extra\":{{{}}}", self.tags, self.extra);
        self.exception(out);
        self.fingerprint(out, &place);
        out.push('}');
    }
}
