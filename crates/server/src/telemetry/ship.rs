//! Sending lines to a collector: in batches, on a thread of its own, with bounded memory.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::web::Bytes;
use mainstay_adapters::{LogCollector, LogCollectorError, LogCollectorSettings, LogSender};
use secrecy::ExposeSecret;
use tokio::runtime::{Builder, Runtime};

use super::{
    line::{LineFormat, envelope, members, mute},
    output::{Batch, Gather, Queue},
    sentry::sentry_envelope,
};
use crate::config::{ShipConfig, ShipProtocol};

/// Pauses before a batch is sent again.
const RETRIES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// What became of lines.
#[derive(Debug, Default)]
pub(super) struct Shipped {
    taken: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
}

impl Shipped {
    /// The collector has so many.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// So many were in batches that it took, and refused all the same.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// So many were given up after every try.
    pub(super) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}

/// Carries lines to a collector.
pub(super) struct Shipper {
    collector: LogCollector,
    runtime: Runtime,
    wrapping: Wrapping,
    most_lines: usize,
    most_octets: usize,
    shipped: Arc<Shipped>,
    pub(super) retries: [Duration; 3],
    is_broken: bool,
    /// Whether the last batch that arrived was refused in part.
    is_choosy: bool,
}

/// What makes a body of lines.
pub(super) enum Wrapping {
    /// Commas between them, and this around them.
    List(String, String),
    /// Each in an envelope of Sentry.
    SentryEnvelope,
}

/// When lines are worth a request.
pub(super) fn gather(config: &ShipConfig) -> Gather {
    Gather {
        lines: config.batch_lines,
        octets: config.batch_size.min(config.queue_size / 2),
        patience: config.every,
    }
}

/// How lines look that are sent to this collector.
pub(super) fn line_format(config: &ShipConfig) -> LineFormat {
    match config.protocol {
        ShipProtocol::OpenObserve => LineFormat::OpenObserve {
            members: members(&config.service, &host()),
        },
        ShipProtocol::Otlp => LineFormat::Otlp,
    }
}

/// Where batches go.
fn endpoint(config: &ShipConfig, url: &str) -> String {
    let url = url.trim_end_matches('/');
    match config.protocol {
        ShipProtocol::OpenObserve => format!("{url}/api/{}/{}/_json", config.organization, config.stream),
        ShipProtocol::Otlp => format!("{url}/v1/logs"),
    }
}

pub(super) fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname");
    name.map_or_else(|_| "unknown".to_owned(), |name| name.trim().to_owned())
}

fn list(lines: &[u8], before: &str, after: &str) -> Vec<u8> {
    let mut body = Vec::with_capacity(before.len() + lines.len() + after.len());
    body.extend_from_slice(before.as_bytes());
    for (index, line) in lines.trim_ascii_end().split(|octet| *octet == b'\n').enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(line);
    }
    body.extend_from_slice(after.as_bytes());
    body
}

impl Shipper {
    /// Prepares to send lines to `url`; nothing is sent yet.
    ///
    /// # Errors
    /// If there can be no client, or no further thread.
    pub(super) fn new(config: &ShipConfig, url: &str, shipped: Arc<Shipped>) -> io::Result<Self> {
        let password = config
            .password
            .as_ref()
            .map_or("", |password| password.expose_secret());
        let settings = LogCollectorSettings {
            url: endpoint(config, url),
            sender: match &config.username {
                Some(name) => LogSender::Account(name.clone(), password.to_owned()),
                None => LogSender::Anybody,
            },
            timeout: config.timeout,
        };
        let (before, after) = match config.protocol {
            ShipProtocol::OpenObserve => ("[".to_owned(), "]".to_owned()),
            ShipProtocol::Otlp => envelope(&config.service, env!("CARGO_PKG_VERSION"), &host()),
        };
        let most = (config.batch_lines, config.batch_size);
        Self::over(settings, Wrapping::List(before, after), most, shipped)
    }

    /// Prepares to send batches of at most so many lines and octets.
    ///
    /// # Errors
    /// If there can be no client, or no further thread.
    pub(super) fn over(
        settings: LogCollectorSettings,
        wrapping: Wrapping,
        (most_lines, most_octets): (usize, usize),
        shipped: Arc<Shipped>,
    ) -> io::Result<Self> {
        Ok(Self {
            collector: LogCollector::new(settings).map_err(io::Error::other)?,
            runtime: Builder::new_current_thread().enable_all().build()?,
            wrapping,
            most_lines,
            most_octets,
            shipped,
            retries: RETRIES,
            is_broken: false,
            is_choosy: false,
        })
    }

    /// What becomes of lines from now on.
    pub(super) fn shipped(&self) -> Arc<Shipped> {
        Arc::clone(&self.shipped)
    }

    /// Sends what comes until the queue is closed.
    pub(super) fn work(mut self, queue: &Queue) {
        let mut batch = Batch::default();
        while queue.take(&mut batch) {
            let mut rest = batch.octets.as_slice();
            while !rest.is_empty() {
                let (octets, lines) = self.portion(rest);
                let body = self.body(&rest[..octets]);
                self.deliver(&body, lines as u64, queue);
                rest = &rest[octets..];
            }
        }
    }

    /// Octets and lines of the next batch: one line at least.
    fn portion(&self, lines: &[u8]) -> (usize, usize) {
        let (mut octets, mut count) = (0, 0);
        for line in lines.split_inclusive(|octet| *octet == b'\n') {
            let is_full = count >= self.most_lines || octets + line.len() > self.most_octets;
            if count > 0 && is_full {
                break;
            }
            octets += line.len();
            count += 1;
        }
        (octets, count)
    }

    fn body(&self, lines: &[u8]) -> Bytes {
        match &self.wrapping {
            Wrapping::List(before, after) => list(lines, before, after).into(),
            Wrapping::SentryEnvelope => sentry_envelope(lines).into(),
        }
    }

    fn deliver(&mut self, body: &Bytes, lines: u64, queue: &Queue) {
        match self.send(body, queue) {
            Ok(refused) => {
                self.count(lines, refused.min(lines));
                if std::mem::take(&mut self.is_broken) {
                    let (failed, dropped) = (self.shipped.failed(), queue.dropped());
                    tracing::warn!(to = self.to(), failed, dropped, "log lines are shipped again");
                }
            }
            Err(error) => {
                self.shipped.failed.fetch_add(lines, Ordering::Relaxed);
                if !std::mem::replace(&mut self.is_broken, true) {
                    tracing::error!(to = self.to(), %error, "log lines cannot be shipped");
                }
            }
        }
    }

    fn count(&mut self, lines: u64, refused: u64) {
        self.shipped.taken.fetch_add(lines - refused, Ordering::Relaxed);
        self.shipped.refused.fetch_add(refused, Ordering::Relaxed);
        let was_choosy = std::mem::replace(&mut self.is_choosy, refused > 0);
        if refused > 0 && !was_choosy {
            // Not in its words: they may repeat the lines.
            tracing::error!(refused, lines, "the collector of log lines refuses some of them");
        }
    }

    /// Who is told of lines, for those who read of trouble with it.
    fn to(&self) -> &'static str {
        match self.wrapping {
            Wrapping::List(..) => "collector",
            Wrapping::SentryEnvelope => "sentry",
        }
    }

    /// Tries again where that is of use. At the end of the process there are no pauses.
    fn send(&self, body: &Bytes, queue: &Queue) -> Result<u64, LogCollectorError> {
        let mut retries = self.retries.iter();
        loop {
            let sent = mute(|| self.runtime.block_on(self.collector.send(body.clone())));
            match (sent, retries.next()) {
                (Err(LogCollectorError::Temporary(_)), Some(pause)) => queue.pause(*pause),
                (sent, _) => return sent,
            };
        }
    }
}

#[cfg(test)]
#[path = "ship_tests.rs"]
mod tests;
