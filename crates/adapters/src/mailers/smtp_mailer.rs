//! Mail by SMTP.

use std::{
    fmt,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
        response::{Category, Severity},
    },
};
use mainstay_services::ports::{Letter, MailError, Mailer};
use tokio::time::timeout;

use super::{Sender, message::message};

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all: only for a server on the same machine.
    None,
    /// It begins in the clear and must change to TLS (RFC 3207); never stays in the clear.
    StartTls,
    /// TLS from the first octet (RFC 8314 section 3.3).
    Implicit,
}

/// Which mail server takes our mails, and how it is spoken to.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Host name, which its certificate must be for.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// Certificates in PEM form that are trusted instead of the system's.
    pub trusted: Option<Vec<u8>>,
    /// User name and password, if the server asks for them.
    pub credentials: Option<(String, String)>,
    /// How long handing over one mail may take.
    pub timeout: Duration,
    /// Connections kept at most.
    pub connections: u32,
}

/// Never shows the password.
impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// The settings make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mail server cannot be spoken to like this: {0}")]
pub struct SmtpSetupError(String);

/// Hands mails over to a mail server (RFC 6409).
pub struct SmtpMailer {
    settings: SmtpSettings,
    tls: Tls,
    sender: Sender,
    transport: RwLock<Transport>,
}

impl SmtpMailer {
    /// A mailer that connects when it is needed.
    ///
    /// # Errors
    /// [`SmtpSetupError`] for certificates that cannot be read.
    pub fn new(settings: SmtpSettings, sender: Sender) -> Result<Self, SmtpSetupError> {
        let tls = tls(&settings)?;
        let transport = RwLock::new(transport(&settings, &tls, &sender));
        Ok(Self {
            settings,
            tls,
            sender,
            transport,
        })
    }

    fn current(&self) -> Transport {
        let current = self.transport.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Leaves all connections behind. One that was given up in the middle of a sentence would
    /// go back to the others, and its late answer be taken for the answer to the next mail.
    fn start_over(&self) {
        let fresh = transport(&self.settings, &self.tls, &self.sender);
        *self.transport.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, MailError> {
        match timeout(self.settings.timeout, work).await {
            Ok(result) => result.map_err(|error| judge(&error)),
            Err(_) => {
                self.start_over();
                let text = format!("no answer within {:?}", self.settings.timeout);
                Err(MailError::Failed(text))
            }
        }
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let message = message(&self.sender, letter)?;
        let transport = self.current();
        self.in_time(transport.send(message)).await.map(|_| ())
    }

    /// Over a connection of its own: whoever asks may not wait for the answer.
    async fn check(&self) -> Result<(), String> {
        let transport = transport(&self.settings, &self.tls, &self.sender);
        match transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("the mail server does not answer".to_owned()),
            Err(error) => Err(explain(&error)),
        }
    }
}

fn transport(settings: &SmtpSettings, tls: &Tls, sender: &Sender) -> Transport {
    let builder = Transport::builder_dangerous(&settings.host)
        .port(settings.port)
        .tls(tls.clone())
        .timeout(Some(settings.timeout))
        .hello_name(ClientId::Domain(sender.0.email.domain().to_owned()))
        .pool_config(PoolConfig::new().max_size(settings.connections));
    match &settings.credentials {
        Some((name, password)) => builder
            .credentials(Credentials::new(name.clone(), password.clone()))
            .build(),
        None => builder.build(),
    }
}

fn tls(settings: &SmtpSettings) -> Result<Tls, SmtpSetupError> {
    if settings.tls == SmtpTls::None {
        return Ok(Tls::None);
    }
    let wrong = |error: Error| SmtpSetupError(error.to_string());
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.trusted {
        let certificate = Certificate::from_pem(pem).map_err(wrong)?;
        parameters = parameters
            .certificate_store(CertificateStore::None)
            .add_root_certificate(certificate);
    }
    let parameters = parameters.build_rustls().map_err(wrong)?;
    Ok(match settings.tls {
        SmtpTls::Implicit => Tls::Wrapper(parameters),
        SmtpTls::None | SmtpTls::StartTls => Tls::Required(parameters),
    })
}

/// What the server refuses for good is not sent again, except where it speaks about us and not
/// about the mail: a wrong password (53z, RFC 4954 section 6) is for an operator to mend.
fn judge(error: &Error) -> MailError {
    let text = explain(error);
    let about_us = error.status().is_some_and(|code| {
        code.severity == Severity::PermanentNegativeCompletion && code.category == Category::Unspecified3
    });
    if error.is_permanent() && !about_us {
        return MailError::Refused(text);
    }
    MailError::Failed(text)
}

/// The sentence and what lies beneath it.
fn explain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let sentence = inner.to_string();
        if !text.contains(&sentence) {
            text = format!("{text}: {sentence}");
        }
        cause = inner.source();
    }
    text
}
