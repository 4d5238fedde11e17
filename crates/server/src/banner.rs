//! What a developer sees after the start.

use std::{io::Write, net::SocketAddr};

use mainstay_api::system::ServiceInfo;

use crate::config::Config;

/// In local a few lines for people; elsewhere one event for machines.
pub(crate) fn print(info: &ServiceInfo, config: &Config, addr: SocketAddr) {
    let url = config.server.public_url(addr.port());
    let ServiceInfo { name, version, .. } = info;
    if !config.environment.is_local() {
        tracing::info!(%addr, url, name, version, environment = %config.environment, "serving");
        return;
    }
    say(&format!(
        "\n  {name} {version} is serving\n\n    API      {url}/api/v1"
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
