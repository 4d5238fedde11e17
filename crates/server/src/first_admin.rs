//! The way in when nobody is an administrator yet.

use std::net::SocketAddr;

use mainstay_services::auth::AuthService;

use crate::{
    banner,
    config::{Config, show_duration},
};

/// Prints a link that makes the first administrator, in local and only as long as there is
/// none. It goes to the terminal and not to the log: logs are kept, and the link is a secret.
/// A failure does not stop the server; `mainstay admin create` is the other way.
pub(crate) async fn offer(config: &Config, auth: &AuthService, addr: SocketAddr) {
    if !config.environment.is_local() {
        return;
    }
    match auth.issue_first_admin_token().await {
        Ok(None) => {}
        Ok(Some(token)) => {
            let url = config.server.public_url(addr.port());
            let life = show_duration(config.auth.first_admin_link_ttl);
            banner::say(&format!(
                "  There is no administrator yet. This link makes one; it works once, for {life}:\n\n    \
                 {url}/setup#token={token}\n"
            ));
        }
        Err(error) => tracing::warn!(%error, "no link for a first administrator could be made"),
    }
}
