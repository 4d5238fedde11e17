//! What a developer sees after the start.

use std::{io::Write, net::SocketAddr};

use crate::config::Config;

/// In local a few lines for people; elsewhere one event for machines.
pub(crate) fn print(config: &Config, addr: SocketAddr) {
    let url = config.server.public_url(addr.port());
    let version = env!("CARGO_PKG_VERSION");
    if !config.environment.is_local() {
        tracing::info!(%addr, url, version, environment = %config.environment, "serving");
        return;
    }
    say(&format!(
        "\n  Mainstay {version} is serving\n\n    API      {url}/api/v1"
    ));
    if config.server.docs_enabled {
        say(&format!("    Docs     {url}/docs"));
    }
    say(&format!("    Health   {url}/health\n"));
}

/// Prints a line to the terminal; nobody may be listening.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
