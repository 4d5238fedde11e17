//! What a developer sees after the start.

use std::io::Write;

use mainstay_api::system::ServiceInfo;

use crate::RunningServer;

/// In local a few lines for people; elsewhere one event for machines.
pub(crate) fn print(running: &RunningServer) {
    let (config, addr) = (&running.context().config, running.addr);
    let url = config.server.public_url(addr.port());
    let ServiceInfo { name, version, .. } = running.info();
    let management = running.management_addr.map(|addr| format!("http://{addr}"));
    if !config.environment.is_local() {
        tracing::info!(%addr, url, management, name, version, environment = %config.environment, "serving");
        return;
    }
    say(&format!(
        "\n  {name} {version} is serving\n\n    API      {url}/api/v1"
    ));
    if config.server.docs_enabled || management.is_some() {
        let url = management.as_deref().unwrap_or(&url);
        say(&format!("    Docs     {url}/docs"));
    }
    say(&format!("    Health   {url}/health\n"));
}

/// Prints a line to the terminal; nobody may be listening.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
