//! Reports of errors to Sentry, or to what speaks like it: lines of their own shape on the way that log
//! lines take to a collector.

use std::{fmt::Write as _, io, sync::Arc, time::Duration};

use mainstay_adapters::{LogCollectorSettings, LogSender};

use super::{
    line::{LineFormat, report_members},
    output::{Gather, Queue},
    reports::Reports,
    ship::{Shipped, Shipper, Wrapping, host},
};

/// Octets of reports that wait: some hundred. Whoever makes more errors than are sent learns no more from
/// the others.
const WAITING: usize = 512 * 1024;
/// How long Sentry may take for one.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reports are sent as they come.
pub(super) fn queue() -> Queue {
    let every_report = Gather {
        lines: 1,
        octets: 1,
        patience: Duration::ZERO,
    };
    Queue::new(WAITING, every_report)
}

/// How reports look.
pub(super) fn line_format(reports: &Reports) -> LineFormat {
    LineFormat::Sentry {
        members: report_members(&reports.release, &reports.environment, &host()),
    }
}

/// What sends them; nothing is sent yet.
///
/// # Errors
/// If there can be no client, or no further thread.
pub(super) fn shipper(reports: &Reports, sent: Arc<Shipped>) -> io::Result<Shipper> {
    shipper_within(PATIENCE, reports, sent)
}

fn shipper_within(timeout: Duration, reports: &Reports, sent: Arc<Shipped>) -> io::Result<Shipper> {
    let settings = LogCollectorSettings {
        url: reports.dsn.url.clone(),
        sender: LogSender::SentryKey(reports.dsn.key.clone()),
        timeout,
    };
    // An envelope holds one event.
    Shipper::over(settings, Wrapping::SentryEnvelope, (1, usize::MAX), sent)
}

/// An envelope around one event, which gets the id that Sentry knows it by: sent twice it counts once.
pub(super) fn sentry_envelope(event: &[u8]) -> Vec<u8> {
    let id = event_id();
    let mut body =
        format!("{{\"event_id\":\"{id}\"}}\n{{\"type\":\"event\"}}\n{{\"event_id\":\"{id}\",").into_bytes();
    let event = event.trim_ascii_end();
    body.extend_from_slice(event.strip_prefix(b"{").unwrap_or(event));
    body.push(b'\n');
    body
}

/// 32 random hexadecimal digits.
fn event_id() -> String {
    let mut octets = [1; 16];
    // Without randomness all are taken for one.
    let _ = getrandom::fill(&mut octets);
    octets.iter().fold(String::new(), |mut id, octet| {
        let _ = write!(id, "{octet:02x}");
        id
    })
}

#[cfg(test)]
#[path = "sentry_tests.rs"]
mod tests;
