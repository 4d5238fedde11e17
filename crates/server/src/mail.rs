//! Mails: who sends them, and how they are put into words.

use std::{fs, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use async_trait::async_trait;
use mainstay_adapters::{
    BrokenTemplate, ConsoleMailer, FileMailer, MailWriter, NullMailer, Sender, SmtpMailer, SmtpSettings,
    SmtpTls, TemplateSource, WriterSettings,
};
use mainstay_api::system::HealthCheck;
use mainstay_domain::{Email, Locale};
use mainstay_services::{mail::MailDelivery, ports::Mailer};
use secrecy::ExposeSecret;

use crate::{
    Context,
    config::{Config, MailConfig, MailTls, MailTransport},
    remembered_health::RememberedHealth,
};

/// How long the mail server's health is remembered, so that probes do not keep it busy.
const REMEMBER: Duration = Duration::from_secs(30);

/// Puts mails into words.
pub(crate) fn writer(
    config: &Config,
    product: &str,
    templates: Vec<TemplateSource>,
) -> Result<MailWriter, BrokenTemplate> {
    let locale = Locale::parse(&config.mail.locale).map_err(|error| BrokenTemplate {
        name: config.mail.locale.clone(),
        reason: error.to_string(),
    })?;
    MailWriter::new(WriterSettings {
        product: product.to_owned(),
        public_url: config.server.public_url(config.server.port),
        locale,
        folder: config.mail.templates_dir.clone(),
        templates,
    })
}

/// What sends the mails that were written down. A product's own mailer goes before the
/// configured one.
pub(crate) fn delivery(
    context: &Context,
    product: &str,
    templates: Vec<TemplateSource>,
    own: Option<Arc<dyn Mailer>>,
) -> anyhow::Result<MailDelivery> {
    let config = &context.config;
    Ok(MailDelivery {
        sealer: Arc::clone(&context.sealer),
        renderer: Arc::new(writer(config, product, templates)?),
        mailer: match own {
            Some(own) => own,
            None => mailer(config, product)?,
        },
    })
}

/// What `config check` says about the templates and the certificates of mails.
pub(crate) fn problem(
    config: &Config,
    product: &str,
    templates: Vec<TemplateSource>,
) -> Option<(&'static str, String)> {
    if let Err(error) = writer(config, product, templates) {
        return Some(("mail.templates_dir", error.to_string()));
    }
    let error = mailer(config, product).err()?;
    Some(("mail.tls_ca_file", format!("{error:#}")))
}

/// Sends mails as configured.
pub(crate) fn mailer(config: &Config, product: &str) -> anyhow::Result<Arc<dyn Mailer>> {
    let mail = &config.mail;
    Ok(match mail.transport_in(config.environment) {
        MailTransport::Smtp => Arc::new(SmtpMailer::new(smtp_settings(mail)?, sender(mail, product)?)?),
        MailTransport::File => Arc::new(FileMailer::new(mail.dir.clone(), sender(mail, product)?)),
        MailTransport::Console => Arc::new(ConsoleMailer),
        MailTransport::Auto | MailTransport::Off => Arc::new(NullMailer),
    })
}

fn sender(mail: &MailConfig, product: &str) -> anyhow::Result<Sender> {
    let address = Email::parse(&mail.from)?;
    Ok(Sender::new(
        mail.from_name.as_deref().unwrap_or(product),
        &address,
    )?)
}

fn smtp_settings(mail: &MailConfig) -> anyhow::Result<SmtpSettings> {
    let trusted = mail.tls_ca_file.as_deref().map(read).transpose()?;
    let credentials = mail.username.clone().zip(mail.password.as_ref());
    Ok(SmtpSettings {
        host: mail.host.clone().unwrap_or_default(),
        port: mail.port,
        tls: match mail.tls {
            MailTls::StartTls => SmtpTls::StartTls,
            MailTls::Implicit => SmtpTls::Implicit,
            MailTls::None => SmtpTls::None,
        },
        trusted,
        credentials: credentials.map(|(name, password)| (name, password.expose_secret().to_owned())),
        timeout: mail.timeout,
        connections: mail.connections,
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("mail.tls_ca_file: {} cannot be read", path.display()))
}

/// Whether mails could be sent. Requests can be answered without: mails wait.
struct MailHealth(Arc<dyn Mailer>);

/// Tells of the mail server without keeping it busy.
pub(crate) fn health(mailer: &Arc<dyn Mailer>) -> Arc<dyn HealthCheck> {
    let check = MailHealth(Arc::clone(mailer));
    Arc::new(RememberedHealth::new(check, REMEMBER))
}

#[async_trait]
impl HealthCheck for MailHealth {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), String> {
        self.0.check().await
    }
}
