//! From an event to the text of its line.
//!
//! Every crate's events, those of the `log` crate and panics among them, come through here and look alike.
#![cfg_attr(
    not(feature = "log-shipping"),
    allow(dead_code, unused_imports, reason = "some shapes are only for collectors")
)]

mod clock;
mod escape;
mod head;
mod json;
mod layer;
mod logfmt;
mod otlp;
mod pretty;
mod report;
mod scrub;
mod shape;
mod span_fields;
#[cfg(test)]
mod tests;
mod value;

pub(super) use clock::stamp;
pub(super) use json::members;
pub(super) use layer::{LineLayer, mute};
pub(super) use otlp::envelope;
pub(super) use report::report_members;
pub(super) use shape::LineFormat;
