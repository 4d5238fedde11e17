//! Deciding what a test's server is like.

use std::{env, sync::OnceLock, time::Duration};

use mainstay_server::{
    ServerBuilder,
    config::{Config, LogConfig, Sources},
    telemetry::{LogGuard, init_logs},
};

use super::{OwnDatabase, TestApp, TestDatabase, host::Host};

/// Settings that make a server fast enough for tests.
const FAST: &[(&str, &str)] = &[
    ("server.host", "127.0.0.1"),
    ("server.port", "0"),
    ("server.workers", "1"),
    ("server.drain_pause", "0s"),
    ("server.shutdown_timeout", "0s"),
    ("auth.secret_key", TestAppBuilder::SECRET_KEY),
    ("hashing.memory_kib", "64"),
    ("hashing.iterations", "1"),
    ("hashing.threads", "2"),
    ("throttle.enabled", "false"),
    // Files are gone with the server.
    ("storage.backend", "memory"),
    // Mails stay in the mailbox.
    ("jobs.in_process", "false"),
];

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Decides what a test's server is like; see [`TestApp::builder`].
pub struct TestAppBuilder {
    database: TestDatabase,
    settings: Vec<(String, String)>,
    product: Box<dyn Fn(ServerBuilder) -> ServerBuilder + Send>,
}

impl TestAppBuilder {
    /// The key that every test server derives its keys from.
    pub const SECRET_KEY: &'static str = "only for tests: thirty-two bytes and then some";

    pub(super) fn new(database: TestDatabase) -> Self {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        Self {
            database,
            settings: FAST.iter().map(owned).collect(),
            product: Box::new(|server| server),
        }
    }

    /// Sets a key of the configuration, as it stands in `mainstay.toml`: `throttle.enabled` and
    /// `true`. The last value counts. Nothing is read from the environment of the test.
    ///
    /// With `database.url` the server takes that database instead of a fresh one.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != key);
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Adds what a product adds to Mainstay: routes, steps of the schema, permissions, settings, jobs.
    #[must_use]
    pub fn product(mut self, add: impl Fn(ServerBuilder) -> ServerBuilder + Send + 'static) -> Self {
        let before = self.product;
        self.product = Box::new(move |server| add(before(server)));
        self
    }

    /// Starts it. With `TEST_LOG=debug` in the environment it shows what it does.
    ///
    /// # Panics
    /// If the configuration is refused, or there is no database of the wanted kind.
    pub async fn start(self) -> TestApp {
        let kind = self.database;
        let app = self.start_or_skip().await;
        app.unwrap_or_else(|| panic!("{kind:?} is not there; start_or_skip would skip the test"))
    }

    /// Starts it, or says loudly on stderr that the test is skipped because there is no
    /// database of the wanted kind. With `REQUIRE_BACKENDS=1` that is a failure instead.
    ///
    /// # Panics
    /// If the configuration is refused.
    pub async fn start_or_skip(self) -> Option<TestApp> {
        let chosen = self.settings.iter().any(|(key, _)| key == "database.url");
        let database = if chosen {
            None
        } else {
            Some(self.database.create().await?)
        };
        let builder = match &database {
            Some(database) => self.with("database.url", database.url()),
            None => self,
        };
        Some(builder.run(database).await)
    }

    async fn run(self, database: Option<OwnDatabase>) -> TestApp {
        let sources = self
            .settings
            .iter()
            .fold(Sources::none(), |sources, (key, value)| {
                sources.variable(&variable(key), value)
            });
        let builder = ServerBuilder::load(sources, &self.product);
        let builder = builder.unwrap_or_else(|error| panic!("{error}"));
        show_logs(builder.config());
        let host = Host::start(builder).await;
        // No connection is kept: a server that stops need not wait for any.
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .timeout(PATIENCE)
            .build();
        TestApp {
            host,
            client: client.expect("an HTTP client"),
            _database: database,
        }
    }
}

/// With `TEST_LOG` in the environment, such as `debug`, the servers of a test run log there.
#[allow(clippy::disallowed_methods, reason = "a test run has no configuration")]
fn show_logs(config: &Config) {
    static LOGS: OnceLock<Option<LogGuard>> = OnceLock::new();
    let Ok(level) = env::var("TEST_LOG") else {
        return;
    };
    let log = LogConfig {
        level,
        ..config.log.clone()
    };
    LOGS.get_or_init(|| init_logs(&log, &config.ship, config.environment).ok());
}

/// `throttle.enabled` → `MAINSTAY_THROTTLE__ENABLED`.
fn variable(key: &str) -> String {
    format!("MAINSTAY_{}", key.replace('.', "__").to_uppercase())
}
