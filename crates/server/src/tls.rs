//! The certificate that the public port speaks HTTPS with, read again when it changes.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::Context as _;
use tokio::{fs, task::JoinHandle, time::sleep};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig as TlsConfig,
        crypto::{CryptoProvider, aws_lc_rs},
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};

use crate::{config::ServerConfig, shutdown::Hangups};

/// How often the files are looked at. Whoever renews a certificate does so weeks before the old
/// one ends; SIGHUP spares the wait.
const LOOK: Duration = Duration::from_secs(5);

/// Accepts connections with the certificate that lies in the files now.
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    watch: JoinHandle<()>,
}

impl Tls {
    /// As the configuration says; none without a certificate.
    pub(crate) async fn configured(server: &ServerConfig) -> anyhow::Result<Option<Self>> {
        let (Some(certificate), Some(key)) = (&server.tls_certificate, &server.tls_key) else {
            return Ok(None);
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let files = Files {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let read = files.read().await?;
        let current = files.certified(&read, &provider)?;
        let certificates = Arc::new(Certificates(RwLock::new(Arc::new(current))));
        let mut config = TlsConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificates) as _);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let hangups = Hangups::listen().context("SIGHUP cannot be listened to")?;
        let renewal = Renewal {
            files,
            certificates,
            provider,
        };
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            watch: tokio::spawn(renewal.watch(read, hangups)),
        }))
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// Where the certificate and its key lie.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What they hold.
#[derive(PartialEq, Eq)]
struct Read {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    /// On threads for such: a disk or share that hangs must not hold up who answers requests.
    async fn read(&self) -> anyhow::Result<Read> {
        Ok(Read {
            certificate: read(&self.certificate).await?,
            key: read(&self.key).await?,
        })
    }

    fn certified(&self, read: &Read, provider: &CryptoProvider) -> anyhow::Result<CertifiedKey> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read.certificate).collect();
        let chain = chain.with_context(|| format!("{} holds no certificate", self.certificate.display()))?;
        let key = PrivateKeyDer::from_pem_slice(&read.key);
        let key = key.with_context(|| format!("{} holds no private key", self.key.display()))?;
        let certified = CertifiedKey::from_der(chain, key, provider);
        certified.with_context(|| format!("{} cannot be used", self.certificate.display()))
    }
}

async fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let octets = fs::read(path).await;
    octets.with_context(|| format!("{} cannot be read", path.display()))
}

/// Hands out the certificate of the moment.
struct Certificates(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificates")
    }
}

/// Exchanges the certificate when the files change.
struct Renewal {
    files: Files,
    certificates: Arc<Certificates>,
    provider: Arc<CryptoProvider>,
}

impl Renewal {
    async fn watch(self, mut seen: Read, mut hangups: Hangups) {
        loop {
            tokio::select! {
                () = sleep(LOOK) => {}
                () = hangups.next() => {}
            }
            match self.files.read().await {
                Ok(read) if read != seen => {
                    self.renew(&read);
                    seen = read;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(error = format!("{error:#}"), "the certificate stays as it was"),
            }
        }
    }

    /// Half of a pair that is being written does not fit: the old one stays until it does.
    fn renew(&self, read: &Read) {
        match self.files.certified(read, &self.provider) {
            Ok(renewed) => {
                let mut current = self
                    .certificates
                    .0
                    .write()
                    .unwrap_or_else(PoisonError::into_inner);
                *current = Arc::new(renewed);
                tracing::info!("connections get the new certificate from now on");
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "the certificate stays as it was");
            }
        }
    }
}
