//! Section `server`: HTTP.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{Key, Kind, human};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "server.host",
        Kind::Text,
        "127.0.0.1",
        "Address to listen on; containers want 0.0.0.0.",
    )
    .plain("HOST"),
    Key::new(
        "server.port",
        Kind::Whole { min: 0, max: 65_535 },
        "8000",
        "Port to listen on; 0 takes any that is free.",
    )
    .plain("PORT"),
    Key::new(
        "server.management_port",
        Kind::OptionalWhole { min: 0, max: 65_535 },
        "",
        "Port for health, metrics and documentation; once set, the last two leave the public port. 0 takes any that is free.",
    ),
    Key::new(
        "server.management_host",
        Kind::Text,
        "127.0.0.1",
        "Address the management port listens on; keep it where only those who run the server reach it.",
    ),
    Key::new(
        "server.public_url",
        Kind::WebUrl,
        "",
        "Where clients reach this server; by default the address it listens on.",
    )
    .plain("PUBLIC_URL"),
    Key::new(
        "server.workers",
        Kind::Whole { min: 0, max: 1024 },
        "0",
        "HTTP worker threads; 0 is one a core.",
    ),
    Key::new(
        "server.request_timeout",
        Kind::Span {
            min: Duration::from_millis(100),
            max: HOUR,
        },
        "30s",
        "Longest time a request may take.",
    ),
    Key::new(
        "server.body_limit",
        Kind::Size {
            min: 1 << 10,
            max: 1 << 30,
        },
        "1MiB",
        "Largest request body.",
    ),
    Key::new(
        "server.min_body_rate",
        Kind::Size { min: 0, max: 1 << 20 },
        "1KiB",
        "Least octets a second of files that are sent, on average over server.request_timeout; 0 lets them drip.",
    ),
    Key::new(
        "server.shutdown_timeout",
        Kind::Span {
            min: Duration::ZERO,
            max: HOUR,
        },
        "30s",
        "How long requests in flight may take to finish at shutdown.",
    ),
    Key::new(
        "server.drain_pause",
        Kind::Span {
            min: Duration::ZERO,
            max: MINUTE,
        },
        "500ms",
        "How long readiness answers 503 before connections are refused at shutdown.",
    ),
    Key::new(
        "server.trusted_proxies",
        Kind::Networks,
        "",
        "Proxies whose forwarded headers count.",
    ),
    Key::new(
        "server.cors_origins",
        Kind::Origins,
        "",
        "Browser origins that may call the API.",
    )
    .plain("CORS_ORIGINS"),
    Key::new(
        "server.docs_enabled",
        Kind::Flag,
        "true",
        "Whether /openapi.json and /docs are served.",
    ),
    Key::new(
        "server.metrics_enabled",
        Kind::Flag,
        "true",
        "Whether /metrics is served.",
    ),
    Key::new(
        "server.hsts",
        Kind::Flag,
        "true",
        "Whether browsers are told to insist on HTTPS; takes effect when PUBLIC_URL is https.",
    ),
    Key::new(
        "server.tls_certificate",
        Kind::OptionalText,
        "",
        "PEM file with the certificate and those that vouch for it; with it the public port speaks HTTPS only. Read again when it changes.",
    ),
    Key::new(
        "server.tls_key",
        Kind::OptionalText,
        "",
        "PEM file with the certificate's private key.",
    ),
    Key::new(
        "server.https_redirect_port",
        Kind::OptionalWhole { min: 0, max: 65_535 },
        "",
        "Port that sends plain HTTP on to the public URL, which must be https. 0 takes any that is free.",
    ),
];

/// Section `server`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address to listen on.
    pub host: String,
    /// Port to listen on; 0 takes any that is free.
    pub port: u16,
    /// Port for health, metrics and documentation, if they have one of their own.
    pub management_port: Option<u16>,
    /// Address that port is on.
    pub management_host: String,
    /// Where clients reach this server, without a trailing slash.
    pub public_url: Option<String>,
    /// HTTP worker threads; 0 is one a core.
    pub workers: usize,
    /// Longest time a request may take.
    #[serde(deserialize_with = "human::duration")]
    pub request_timeout: Duration,
    /// Largest request body, in octets.
    pub body_limit: usize,
    /// Least octets a second of files that are sent.
    pub min_body_rate: u64,
    /// How long requests in flight may take to finish at shutdown.
    #[serde(deserialize_with = "human::duration")]
    pub shutdown_timeout: Duration,
    /// How long readiness answers 503 before connections are refused at shutdown.
    #[serde(deserialize_with = "human::duration")]
    pub drain_pause: Duration,
    /// Proxies whose forwarded headers count, as addresses or networks.
    pub trusted_proxies: Vec<String>,
    /// Browser origins that may call the API.
    pub cors_origins: Vec<String>,
    /// Whether the API's description is served.
    pub docs_enabled: bool,
    /// Whether `/metrics` is served.
    pub metrics_enabled: bool,
    /// Whether browsers are told to insist on HTTPS.
    pub hsts: bool,
    /// The certificate to speak HTTPS with.
    pub tls_certificate: Option<PathBuf>,
    /// Its private key.
    pub tls_key: Option<PathBuf>,
    /// Port that sends plain HTTP on to HTTPS.
    pub https_redirect_port: Option<u16>,
}

impl ServerConfig {
    /// Where clients reach this server: the configured URL, or the address it listens on. A
    /// wildcard address is nothing one can open in a browser, so it becomes the loopback.
    #[must_use]
    pub fn public_url(&self, port: u16) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if self.speaks_tls() { "https" } else { "http" };
        match self.host.as_str() {
            "0.0.0.0" | "::" | "[::]" => format!("{scheme}://127.0.0.1:{port}"),
            host if host.contains(':') && !host.starts_with('[') => format!("{scheme}://[{host}]:{port}"),
            host => format!("{scheme}://{host}:{port}"),
        }
    }

    /// Whether it listens on every address, none of which is where clients go.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        matches!(self.host.as_str(), "0.0.0.0" | "::" | "[::]")
    }

    /// Whether it is said, and not guessed, that clients reach this server over HTTPS.
    #[must_use]
    pub fn has_https_url(&self) -> bool {
        let url = self.public_url.as_deref();
        url.is_some_and(|url| url.starts_with("https://"))
    }

    /// Whether clients reach this server over HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        let url = self.public_url.as_deref();
        url.map_or(self.speaks_tls(), |url| url.starts_with("https://"))
    }

    /// Whether the public port speaks TLS itself.
    #[must_use]
    pub const fn speaks_tls(&self) -> bool {
        self.tls_certificate.is_some()
    }
}
