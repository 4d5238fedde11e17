//! Section `mail`.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;

use super::{Environment, Key, Kind, human};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "mail.transport",
        Kind::Choice(&["auto", "smtp", "file", "console", "off"]),
        "auto",
        "How mails are sent; auto is console in local and off elsewhere. Production refuses console.",
    ),
    Key::new(
        "mail.from",
        Kind::Text,
        "mainstay@localhost",
        "The address that mails come from.",
    ),
    Key::new(
        "mail.from_name",
        Kind::OptionalText,
        "",
        "The name that mails come from; by default that of the product.",
    ),
    Key::new(
        "mail.locale",
        Kind::Text,
        "en",
        "The language of mails to whoever asked for none that there is.",
    ),
    Key::new(
        "mail.templates_dir",
        Kind::OptionalText,
        "",
        "A folder of templates, <locale>/<mail>.{subject,txt,html}; see docs/mail.md.",
    ),
    Key::new(
        "mail.dir",
        Kind::Text,
        "data/mail",
        "Where the transport file writes mails to.",
    ),
    Key::new("mail.host", Kind::OptionalText, "", "The mail server."),
    Key::new(
        "mail.port",
        Kind::Whole { min: 1, max: 65_535 },
        "587",
        "Its port: 587 for starttls, 465 for implicit.",
    ),
    Key::new(
        "mail.tls",
        Kind::Choice(&["starttls", "implicit", "none"]),
        "starttls",
        "How the connection is protected; production refuses none but on the same machine.",
    ),
    Key::new(
        "mail.tls_ca_file",
        Kind::OptionalText,
        "",
        "Certificates (PEM) to trust instead of the system's.",
    ),
    Key::new(
        "mail.username",
        Kind::OptionalText,
        "",
        "User name at the mail server.",
    ),
    Key::new(
        "mail.password",
        Kind::OptionalText,
        "",
        "Password at the mail server.",
    )
    .secret(),
    Key::new(
        "mail.timeout",
        Kind::Span {
            min: Duration::from_millis(100),
            max: Duration::from_secs(300),
        },
        "20s",
        "How long handing over one mail may take.",
    ),
    Key::new(
        "mail.connections",
        Kind::Whole { min: 1, max: 100 },
        "2",
        "Connections to the mail server kept at most.",
    ),
];

/// How mails are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// `Console` in local, `Off` elsewhere.
    Auto,
    /// By a mail server.
    Smtp,
    /// To files.
    File,
    /// To the terminal.
    Console,
    /// Not at all: mails are thrown away.
    Off,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// It begins in the clear and must change to TLS.
    StartTls,
    /// TLS from the start.
    Implicit,
    /// Not at all.
    None,
}

/// Section `mail`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// How mails are sent; see [`MailConfig::transport_in`].
    pub transport: MailTransport,
    /// The address that mails come from.
    pub from: String,
    /// The name that mails come from.
    pub from_name: Option<String>,
    /// The language of whoever asked for none that there is.
    pub locale: String,
    /// A folder of templates.
    pub templates_dir: Option<PathBuf>,
    /// Where the transport `file` writes mails to.
    pub dir: PathBuf,
    /// The mail server.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// Certificates to trust instead of the system's.
    pub tls_ca_file: Option<PathBuf>,
    /// User name at the mail server.
    pub username: Option<String>,
    /// Password at the mail server.
    pub password: Option<SecretString>,
    /// How long handing over one mail may take.
    #[serde(deserialize_with = "human::duration")]
    pub timeout: Duration,
    /// Connections kept at most.
    pub connections: u32,
}

impl MailConfig {
    /// How mails are sent in `environment`; never [`MailTransport::Auto`].
    #[must_use]
    pub fn transport_in(&self, environment: Environment) -> MailTransport {
        match self.transport {
            MailTransport::Auto if environment.is_local() => MailTransport::Console,
            MailTransport::Auto => MailTransport::Off,
            chosen => chosen,
        }
    }

    /// Whether nobody can listen between us and the mail server.
    pub(super) fn is_same_machine(&self) -> bool {
        let host = self.host.as_deref().unwrap_or_default();
        matches!(host, "localhost" | "127.0.0.1" | "::1")
    }
}
