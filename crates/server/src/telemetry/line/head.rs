//! What every line says: when, how grave, and from where.

use tracing::{Event, Level, Metadata};

use super::value::{Fields, Value};

/// The head of a line.
pub(super) struct Head<'a> {
    /// Microseconds since 1970.
    pub(super) micros: u64,
    pub(super) time: &'a str,
    pub(super) level: Level,
    pub(super) target: &'a str,
    /// If it is another than the target.
    pub(super) module: Option<&'a str>,
    pub(super) file: Option<&'a str>,
    pub(super) line: Option<u32>,
    pub(super) process: u32,
}

/// Where an event came from.
pub(super) struct Origin<'a> {
    target: &'a str,
    module: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
}

impl<'a> Origin<'a> {
    pub(super) fn of(metadata: &Metadata<'a>) -> Self {
        Self {
            target: metadata.target(),
            module: metadata.module_path(),
            file: metadata.file(),
            line: metadata.line(),
        }
    }

    pub(super) fn head<'h>(&'h self, level: Level, (micros, time): (u64, &'h str), process: u32) -> Head<'h> {
        Head {
            micros,
            time,
            level,
            target: self.target,
            module: self.module.filter(|module| *module != self.target),
            file: self.file.map(shortened),
            line: self.line,
            process,
        }
    }
}

/// Crates of others name their files by where they lay when this was built.
fn shortened(file: &str) -> &str {
    if !file.starts_with('/') {
        return file;
    }
    let within = file
        .rsplit_once("/registry/src/")
        .map_or(file, |(_, within)| within);
    let within = within.split_once('/').map_or(within, |(_, within)| within);
    within.trim_start_matches('/')
}

/// Where a line of the `log` crate came from, which it tells in fields of its own.
#[derive(Default)]
pub(super) struct LogOrigin {
    target: String,
    module: Option<String>,
    file: Option<String>,
    line: Option<u32>,
}

impl LogOrigin {
    /// Nothing unless the event stands for a line of the `log` crate.
    pub(super) fn of(event: &Event<'_>) -> Option<Self> {
        if event.metadata().target() != "log" {
            return None;
        }
        let mut origin = Self::default();
        event.record(&mut Fields(|name: &'static str, value: Value<'_>| {
            match (name, value) {
                ("log.target", Value::Text(text)) => text.clone_into(&mut origin.target),
                ("log.module_path", Value::Text(text)) => origin.module = Some(text.to_owned()),
                ("log.file", Value::Text(text)) => origin.file = Some(text.to_owned()),
                ("log.line", Value::Unsigned(line)) => origin.line = u32::try_from(line).ok(),
                _ => {}
            }
        }));
        (!origin.target.is_empty()).then_some(origin)
    }

    pub(super) fn borrowed(&self) -> Origin<'_> {
        Origin {
            target: &self.target,
            module: self.module.as_deref(),
            file: self.file.as_deref(),
            line: self.line,
        }
    }
}
