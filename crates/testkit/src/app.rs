//! A whole server for tests: on a port and a database of its own.

mod builder;
mod database;
mod database_search;
mod host;
mod logged_in;
mod request;
mod response;
mod sqlite_store;

pub use builder::TestAppBuilder;
pub use database::{OwnDatabase, TestDatabase};
pub use logged_in::LoggedIn;
pub use request::TestRequest;
pub use response::TestResponse;
pub use sqlite_store::sqlite_store;

use std::{net::SocketAddr, sync::Arc};

use host::Host;
use mainstay_api::Services;
use mainstay_domain::{Email, Password};
use mainstay_server::Context;
use mainstay_services::auth::NewAdmin;
use reqwest::Method;
use serde_json::json;

use crate::Mailbox;

/// The password of every account that the helpers make.
pub const PASSWORD: &str = "correct horse battery staple";

/// A running server with a database of its own. Both are gone when it is dropped.
///
/// Nothing is shared between two of them, so tests may run side by side. Hashing is cheap and
/// throttling off, unless [`TestAppBuilder::with`] says otherwise.
///
/// ```no_run
/// use mainstay_testkit::TestApp;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = TestApp::start().await;
/// let ada = app.user("ada@example.com").await;
/// let me = app.get("/api/v1/users/me").bearer(&ada.access_token).send().await;
/// assert_eq!(me.status(), 200);
/// assert_eq!(me.json()["email"], "ada@example.com");
/// # }
/// ```
///
/// The same test on PostgreSQL, skipped with a word on stderr where there is none:
///
/// ```no_run
/// use mainstay_testkit::{TestApp, TestDatabase};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let Some(app) = TestApp::on(TestDatabase::Postgres).start_or_skip().await else { return };
/// # drop(app);
/// # }
/// ```
pub struct TestApp {
    // The order matters: the server lets go of the database before it is dropped.
    host: Host,
    client: reqwest::Client,
    _database: Option<OwnDatabase>,
}

impl TestApp {
    /// Mainstay itself on SQLite.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Mainstay itself on SQLite, to be changed before it starts.
    #[must_use]
    pub fn builder() -> TestAppBuilder {
        TestAppBuilder::new(TestDatabase::Sqlite)
    }

    /// On a fresh database of this kind.
    #[must_use]
    pub fn on(database: TestDatabase) -> TestAppBuilder {
        TestAppBuilder::new(database)
    }

    /// On SQLite with one more setting; see [`TestAppBuilder::with`].
    #[must_use]
    pub fn with(key: &str, value: &str) -> TestAppBuilder {
        Self::builder().with(key, value)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.host.addr
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr())
    }

    /// The use cases behind the routes, to arrange what no route offers.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.host.services
    }

    /// The store, clock and configuration of the server, to look behind the routes.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.host.context
    }

    /// The mails that were written down.
    #[must_use]
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::new(
            Arc::clone(&self.context().store),
            Arc::clone(&self.context().sealer),
            Arc::clone(&self.services().auth),
        )
    }

    /// A request with any method.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::new(self.client.request(method, self.url(path)))
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// A POST request.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// A PATCH request.
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// A PUT request.
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// Registers an account with [`PASSWORD`].
    ///
    /// # Panics
    /// If the answer is not 201.
    pub async fn register(&self, email: &str) -> TestResponse {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = self.post("/api/v1/auth/register").json(body).send().await;
        answer.expect(201)
    }

    /// Logs in with [`PASSWORD`].
    ///
    /// # Panics
    /// If the answer is not 200.
    pub async fn login(&self, email: &str) -> LoggedIn {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = self.post("/api/v1/auth/login").json(body).send().await;
        let tokens = answer.expect(200).json();
        let me = self.get("/api/v1/users/me");
        let me = me
            .bearer(tokens["access_token"].as_str().expect("an access token"))
            .send()
            .await;
        LoggedIn::new(
            &me.expect(200).json(),
            &tokens,
            (self.client.clone(), self.addr()),
        )
    }

    /// Registers an account and logs in.
    ///
    /// # Panics
    /// If either is refused.
    pub async fn user(&self, email: &str) -> LoggedIn {
        self.register(email).await;
        self.login(email).await
    }

    /// Makes the administrator `admin@example.com`, as `mainstay admin create` does, and logs in.
    ///
    /// # Panics
    /// If there is one already.
    pub async fn admin(&self) -> LoggedIn {
        self.admin_named("admin@example.com").await
    }

    /// Makes an administrator with this address and logs in.
    ///
    /// # Panics
    /// If the address is taken.
    pub async fn admin_named(&self, email: &str) -> LoggedIn {
        let admin = NewAdmin {
            email: Email::parse(email).expect("a valid address"),
            password: Password::parse(PASSWORD).expect("a valid password"),
            username: None,
        };
        let made = self.services().auth.create_admin(admin).await;
        made.expect("an administrator can be made");
        self.login(email).await
    }
}
