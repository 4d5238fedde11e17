//! Writing to the terminal.

use std::{
    fmt::Display,
    io::{self, Write},
};

use serde::Serialize;

/// Prints text for people or programs. A reader that went away (`mainstay openapi | head`) is
/// no failure.
pub(super) fn line(text: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Prints text that ends its last line itself.
pub(super) fn text(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Prints JSON.
pub(super) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Tells people what went wrong, or what they are asked for.
pub(super) fn complain(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
