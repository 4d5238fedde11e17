//! Fresh databases on every engine that is there.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(
    clippy::disallowed_methods,
    reason = "where the test servers are, the environment tells"
)]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use mainstay_repositories::sea::{SeaOptions, SeaStore};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};

/// Databases of earlier runs are dropped at this age: nothing runs when a test binary ends.
const OLD: Duration = Duration::from_secs(3600);
const PREFIX: &str = "mainstay_test_";

/// An engine tests can run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Always there.
    Sqlite,
    /// Where `TEST_POSTGRES_URL` points.
    Postgres,
    /// Where `TEST_MYSQL_URL` points.
    MySql,
}

pub const ENGINES: [Engine; 3] = [Engine::Sqlite, Engine::Postgres, Engine::MySql];

impl Engine {
    /// Makes an empty database and gives its URL; none if the engine is not there.
    pub async fn make_database(self) -> Option<String> {
        match self {
            Self::Sqlite => Some(make_file()),
            Self::Postgres => make_on_server("TEST_POSTGRES_URL", LIST_POSTGRES).await,
            Self::MySql => make_on_server("TEST_MYSQL_URL", LIST_MYSQL).await,
        }
    }
}

const LIST_POSTGRES: &str =
    "SELECT datname FROM pg_database WHERE datname LIKE 'mainstay!_test!_%' ESCAPE '!'";
const LIST_MYSQL: &str = "SELECT CAST(schema_name AS CHAR) FROM information_schema.schemata \
                          WHERE schema_name LIKE 'mainstay!_test!_%' ESCAPE '!'";

/// A pool on `url`.
pub async fn open(url: &str) -> SeaStore {
    SeaStore::connect(&SeaOptions::new(url)).await.unwrap()
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// `mainstay_test_<seconds>_<process>_<number>`.
fn new_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{}_{}_{number}", seconds(), std::process::id())
}

fn is_old(name: &str) -> bool {
    let made = name
        .strip_prefix(PREFIX)
        .and_then(|rest| rest.split('_').next()?.parse::<u64>().ok());
    made.is_some_and(|made| made + OLD.as_secs() < seconds())
}

fn make_file() -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_old) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
    format!("sqlite://{}/{}.db", folder.display(), new_name())
}

async fn make_on_server(variable: &str, list: &str) -> Option<String> {
    let Ok(server) = std::env::var(variable) else {
        // Past cargo's capture of a passing test's output.
        let loud = format!("\n*** SKIPPED: {variable} is not set ***\n");
        drop(std::io::Write::write_all(&mut std::io::stderr(), loud.as_bytes()));
        let required = std::env::var("REQUIRE_BACKENDS").is_ok_and(|value| value == "1");
        assert!(!required, "REQUIRE_BACKENDS=1, but {variable} is not set");
        return None;
    };
    let connection = Database::connect(&server).await.unwrap();
    drop_old(&connection, list).await;
    let name = new_name();
    let made = connection.execute_unprepared(&create(&server, &name)).await;
    assert!(made.is_ok(), "{name} cannot be made: {:?}", made.err());
    connection.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(format!("{base}/{name}"))
}

async fn drop_old(connection: &DatabaseConnection, list: &str) {
    let backend = connection.get_database_backend();
    let statement = sea_orm::Statement::from_string(backend, list);
    for row in connection.query_all_raw(statement).await.unwrap() {
        let name: String = row.try_get_by_index(0).unwrap();
        if is_old(&name) {
            let _ = connection
                .execute_unprepared(&format!("DROP DATABASE {name}"))
                .await;
        }
    }
}

/// PostgreSQL refuses while anybody is connected to the template, and nobody can connect to
/// `template0`.
fn create(server: &str, name: &str) -> String {
    let template = if server.starts_with("postgres") {
        " TEMPLATE template0"
    } else {
        ""
    };
    format!("CREATE DATABASE {name}{template}")
}
