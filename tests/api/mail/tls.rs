//! Mail servers with and without TLS.

use mainstay_domain::JobStatus;
use mainstay_testkit::TestAppBuilder;

use super::written::{ended, until, write_down};
use crate::support::{SmtpServer, TestCertificate};

/// A server with STARTTLS, and its certificates.
fn protected(folder: &tempfile::TempDir) -> Option<(SmtpServer, TestCertificate)> {
    let certificate = TestCertificate::make(folder.path());
    let (cert, key) = (certificate.path("server.pem"), certificate.path("server.key"));
    let server = SmtpServer::start(&["accept", "--cert", &cert, "--key", &key])?;
    Some((server, certificate))
}

fn patient(client: TestAppBuilder) -> TestAppBuilder {
    client
        .with("jobs.retry_delay", "10m")
        .with("jobs.retry_max_delay", "1h")
}

#[tokio::test]
async fn a_mail_travels_by_starttls_under_an_authority_of_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let Some((server, certificate)) = protected(&folder) else {
        return;
    };
    let client = server.client("starttls");
    let app = client.with("mail.tls_ca_file", &certificate.path("ca.pem"));
    let app = app.start().await;
    let id = write_down(&app).await;
    assert_eq!(ended(&app, id).await.status, JobStatus::Done);
    assert_eq!(server.accepted(1)[0]["tls"], true);
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_whose_certificate_nobody_vouches_for() {
    let folder = tempfile::tempdir().unwrap();
    let Some((server, _)) = protected(&folder) else {
        return;
    };
    let app = patient(server.client("starttls")).start().await;
    let id = write_down(&app).await;
    let job = until(&app, id, |job| job.failure.is_some()).await;
    assert_eq!(job.status, JobStatus::Queued);
    assert!(server.accepted(0).is_empty());
}

#[tokio::test]
async fn a_mail_never_travels_in_the_clear_where_tls_was_asked_for() {
    let Some(server) = SmtpServer::start(&["accept"]) else {
        return;
    };
    for tls in ["starttls", "implicit"] {
        let app = patient(server.client(tls))
            .with("mail.timeout", "2s")
            .start()
            .await;
        let id = write_down(&app).await;
        let job = until(&app, id, |job| job.failure.is_some()).await;
        assert_eq!(job.status, JobStatus::Queued, "{tls}");
    }
    assert!(server.accepted(0).is_empty());
}
