//! Recognisable secrets go through every flow while the whole process, other people's crates
//! included, logs at `trace`. Afterwards they must stand nowhere but where they are meant to: not
//! in the log, the figures, another answer, a mail to somebody else, or any table.
//!
//! A process of its own, for the log of a process is one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "../api/auth/mfa/support.rs"]
#[allow(dead_code, reason = "not everything is needed here")]
mod factors;
mod flows;
mod log;
#[path = "../api/auth/passkeys/support.rs"]
#[allow(dead_code, reason = "not everything is needed here")]
mod passkeys;
mod second_flows;
#[macro_use]
#[path = "../support/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "not everything is needed here"
)]
mod support;
mod third_flows;
mod watch;

use mainstay_testkit::{TestApp, TestAppBuilder, TestDatabase};
use serde_json::json;
use support::{FakeProvider, SmtpServer};
use watch::Watch;

const ORIGIN: &str = "https://app.example.com";

/// A server whose every secret is a canary.
fn with_canaries(builder: TestAppBuilder, watch: &Watch, provider: &FakeProvider) -> TestAppBuilder {
    let client_secret = watch.plant("the client secret");
    provider.says().client_secret.clone_from(&client_secret);
    let client = json!({ "issuer": provider.url, "client_id": "mainstay", "client_secret": client_secret });
    // Told apart from the password at the mail server, which only the sender knows.
    builder
        .with("auth.secret_key", &watch.plant("SECRET_KEY"))
        .with("auth.secret_key_previous", &watch.plant("SECRET_KEY_PREVIOUS"))
        .with(
            "auth.firebase_scrypt_signer_key",
            &watch.plant_base64("the Firebase key"),
        )
        .with("auth.providers", &json!({ "fake": client }).to_string())
        .with("auth.oauth_redirect_uris", ORIGIN)
        .with("auth.cookie_mode", "true")
        .with("passkeys.origins", passkeys::ORIGIN)
        .with("server.cors_origins", ORIGIN)
}

async fn nothing_leaks(kind: TestDatabase) {
    log::begin();
    let watch = Watch::default();
    let provider = FakeProvider::start();
    let Some(database) = kind.create().await else {
        return;
    };
    let url = with_password(database.url(), &watch);
    let builder = TestApp::with("database.url", &url);
    let app = with_canaries(builder, &watch, &provider).start().await;
    flows::passwords(&app, &watch).await;
    flows::mails(&app, &watch).await;
    flows::nonsense(&app, &watch).await;
    second_flows::factors(&app, &watch).await;
    second_flows::keys(&app, &watch).await;
    second_flows::cookies(&app, &watch).await;
    second_flows::providers(&app, &watch, &provider).await;
    second_flows::imports(&app, &watch).await;
    third_flows::passkeys(&app, &watch).await;
    third_flows::files(&app, &watch).await;
    watch.read_mails(&app).await;
    watch.compare(&app).await;
    deliver(&url, &app, &watch, &provider).await;
    watch.compare(&app).await;
}

/// Another server sends what waits, by a mail server that asks for a password.
async fn deliver(url: &str, app: &TestApp, watch: &Watch, provider: &FakeProvider) {
    let password = watch.plant("the mail server's password");
    let Some(smtp) = SmtpServer::start(&["accept", "--login", &format!("mainstay:{password}")]) else {
        return;
    };
    let waiting = app.mailbox().all().await.len();
    let config = app.context().config.clone();
    let sender = smtp.client("none").with("database.url", url);
    let sender = with_same_keys(sender, &config, provider)
        .with("mail.username", "mainstay")
        .with("mail.password", &password);
    let _sender = sender.start().await;
    for _ in 0..600 {
        if smtp.accepted(0).len() >= waiting {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(
        smtp.accepted(waiting).len(),
        waiting,
        "not every mail was delivered"
    );
}

fn with_same_keys(
    builder: TestAppBuilder,
    config: &mainstay_server::config::Config,
    _: &FakeProvider,
) -> TestAppBuilder {
    let key = config.auth.secret_key.as_ref().expect("a key");
    builder.with("auth.secret_key", watch::shown(key))
}

/// `postgres://ada@host/x` → `postgres://ada:canary@host/x`, where the server asks for none.
fn with_password(url: &str, watch: &Watch) -> String {
    match url
        .strip_prefix("postgres://")
        .and_then(|rest| rest.split_once('@'))
    {
        Some((user, rest)) if !user.contains(':') => {
            format!(
                "postgres://{user}:{}@{rest}",
                watch.plant("the database's password")
            )
        }
        _ => url.to_owned(),
    }
}

#[tokio::test]
async fn no_secret_leaves_its_place_while_everything_is_logged_on_sqlite() {
    nothing_leaks(TestDatabase::Sqlite).await;
}

#[tokio::test]
async fn no_secret_leaves_its_place_while_everything_is_logged_on_postgres() {
    nothing_leaks(TestDatabase::Postgres).await;
}

#[tokio::test]
async fn no_secret_leaves_its_place_while_everything_is_logged_on_mysql() {
    nothing_leaks(TestDatabase::MySql).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    log::begin();
    let watch = Watch::default();
    let password = watch.plant("the password of a database that is down");
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://ada:{password}@127.0.0.1:1/app");
        let app = TestApp::with("database.url", &url).with("database.acquire_timeout", "200ms");
        // It panics, and says why.
        let failed = tokio::spawn(async move { drop(app.start().await) }).await;
        let told = failed.expect_err("nobody is there").into_panic();
        let told = told.downcast_ref::<String>().cloned().unwrap_or_default();
        assert!(!told.is_empty() && !told.contains(&password), "{told}");
    }
    log::settle().await;
    assert_eq!(watch.found_in_log(), Vec::<String>::new());
}

#[tokio::test]
async fn the_search_finds_what_was_planted_on_purpose() {
    log::begin();
    let watch = Watch::default();
    let secret = watch.plant("a secret that is logged on purpose");
    let app = TestApp::start().await;
    // Whatever a client calls its request is logged.
    let request = app.get("/health").header("x-request-id", &secret);
    request.send().await.expect(200);
    log::settle().await;
    assert!(!watch.found_in_log().is_empty(), "the log is not searched");
    app.register(&format!("{}@example.com", &secret[..32])).await;
    let dump = app.dump_database().await;
    let held = dump
        .iter()
        .any(|(_, value)| String::from_utf8_lossy(value).contains(&secret[..32]));
    assert!(held, "the database is not searched");
}
