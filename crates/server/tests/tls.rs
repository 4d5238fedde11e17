//! HTTPS by the server itself, and certificates that are replaced while it runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use mainstay_server::{
    RunningServer, Server,
    config::{Config, Sources},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};

/// However slow the machine is today.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes a certificate for localhost that vouches for itself.
fn certificate(folder: &Path, name: &str) {
    let (key, certificate) = (format!("{name}.key"), format!("{name}.pem"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ])
        .args([
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", &key, "-out", &certificate])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "openssl makes certificates"
    );
}

/// Replaces a file as a whole.
fn replace(folder: &Path, from: &str, to: &str) {
    fs::copy(folder.join(from), folder.join("new")).unwrap();
    fs::rename(folder.join("new"), folder.join(to)).unwrap();
}

fn sources(folder: &Path) -> Sources {
    let path = |name: &str| folder.join(name).display().to_string();
    Sources::none()
        .variable("DATABASE_URL", &format!("sqlite://{}", path("app.db")))
        .variable("PORT", "0")
        .variable("MAINSTAY_SERVER__WORKERS", "1")
        .variable("MAINSTAY_SERVER__DRAIN_PAUSE", "0s")
        .variable("MAINSTAY_SERVER__TLS_CERTIFICATE", &path("served.pem"))
        .variable("MAINSTAY_SERVER__TLS_KEY", &path("served.key"))
}

/// A server whose certificate is `first`.
async fn start(folder: &Path) -> RunningServer {
    for name in ["first", "second"] {
        certificate(folder, name);
    }
    replace(folder, "first.pem", "served.pem");
    replace(folder, "first.key", "served.key");
    let sources = sources(folder).variable("MAINSTAY_SERVER__HTTPS_REDIRECT_PORT", "0");
    let config = Config::load(&sources).unwrap();
    Server::builder(config).start().await.unwrap()
}

/// Connects, if the server has this certificate.
async fn connect(addr: SocketAddr, folder: &Path, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(folder.join(format!("{name}.pem")));
    roots.add(certificate.unwrap()).unwrap();
    let client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(addr).await?;
    let host = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(client)).connect(host, stream).await
}

async fn ask(stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin), path: &str) -> String {
    say(stream, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await
}

/// The head of the answer to a whole request.
async fn say(
    stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin),
    request: &str,
) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut octets, mut part) = (Vec::new(), [0; 4096]);
    while !octets.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).await.unwrap();
        assert_ne!(read, 0, "hung up");
        octets.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// Waits until new connections get this certificate.
async fn becomes(addr: SocketAddr, folder: &Path, name: &str) -> TlsStream<TcpStream> {
    let begun = Instant::now();
    loop {
        match connect(addr, folder, name).await {
            Ok(stream) => return stream,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{name} is not served: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn new_connections_get_a_new_certificate_without_a_restart_and_old_ones_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let server = start(folder).await;
    let mut old = connect(server.addr, folder, "first").await.unwrap();
    let answer = ask(&mut old, "/health").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security"), "{answer}");
    assert!(connect(server.addr, folder, "second").await.is_err());

    // Half of a pair fits nothing: the old one stays.
    replace(folder, "second.pem", "served.pem");
    connect(server.addr, folder, "first").await.unwrap();
    replace(folder, "second.key", "served.key");
    let mut new = becomes(server.addr, folder, "second").await;
    assert!(ask(&mut new, "/health/ready").await.starts_with("HTTP/1.1 200"));
    assert!(connect(server.addr, folder, "first").await.is_err());
    assert!(ask(&mut old, "/health").await.starts_with("HTTP/1.1 200"));

    // What is no certificate changes nothing either, and a signal spares the wait for a good one.
    fs::write(folder.join("served.pem"), "nothing").unwrap();
    connect(server.addr, folder, "second").await.unwrap();
    replace(folder, "first.pem", "served.pem");
    replace(folder, "first.key", "served.key");
    let own = std::process::id().to_string();
    assert!(
        Command::new("kill")
            .args(["-HUP", &own])
            .status()
            .unwrap()
            .success()
    );
    becomes(server.addr, folder, "first").await;
    drop((old, new));
    server.stop().await.unwrap();
}

#[actix_web::test]
async fn plain_http_is_sent_on_to_https_and_the_probe_knows_a_tls_port() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let server = start(folder).await;
    let mut plain = TcpStream::connect(server.redirect_addr.unwrap()).await.unwrap();
    let answer = ask(&mut plain, "/api/v1/users/me?fields=a").await;
    assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
    let port = server.addr.port();
    let target = format!("location: https://127.0.0.1:{port}/api/v1/users/me?fields=a\r\n");
    assert!(answer.contains(&target), "{answer}");
    assert!(!answer.contains("strict-transport-security"), "{answer}");
    let asterisk = "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n";
    let answer = say(&mut plain, asterisk).await;
    let target = format!("location: https://127.0.0.1:{port}/\r\n");
    assert!(answer.contains(&target), "{answer}");

    let probe = |port: u16| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
        let path = |name: &str| folder.join(name).display().to_string();
        command
            .arg("health")
            .current_dir(folder)
            .env_clear()
            .env("PORT", port.to_string())
            .env("MAINSTAY_SERVER__TLS_CERTIFICATE", path("served.pem"))
            .env("MAINSTAY_SERVER__TLS_KEY", path("served.key"));
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let healthy = probe(port).await.unwrap();
    assert!(healthy.status.success(), "{healthy:?}");
    drop(plain);
    server.stop().await.unwrap();
    assert!(!probe(port).await.unwrap().status.success());
}

#[actix_web::test]
async fn a_certificate_that_cannot_be_used_is_told_at_the_start_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["first", "second"] {
        certificate(folder, name);
    }
    replace(folder, "first.pem", "served.pem");
    let refusal = async || {
        let config = Config::load(&sources(folder)).unwrap();
        let error = Server::builder(config).start().await.err().unwrap();
        format!("{error:#}")
    };
    assert!(refusal().await.contains("served.key cannot be read"));
    replace(folder, "second.key", "served.key");
    assert!(refusal().await.contains("served.pem cannot be used"));
    fs::write(folder.join("served.key"), "nothing").unwrap();
    assert!(refusal().await.contains("served.key holds no private key"));
    let half = sources(folder).variable("MAINSTAY_SERVER__TLS_KEY", "");
    let refused = Config::load(&half).unwrap_err().to_string();
    assert!(refused.contains("expected both"), "{refused}");
}
