//! A database for one test.
#![allow(
    clippy::disallowed_methods,
    reason = "where the servers are stands in the environment, and names must not repeat"
)]

use std::{env, thread};

use sea_orm_migration::sea_orm::{ConnectionTrait, Database, DbErr};
use tempfile::TempDir;
use uuid::Uuid;

/// Which kind of database a test wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestDatabase {
    /// A file in a folder of its own.
    Sqlite,
    /// A fresh database on the server that `TEST_POSTGRES_URL` names.
    Postgres,
    /// A fresh database on the server that `TEST_MYSQL_URL` names; MariaDB counts.
    MySql,
}

impl TestDatabase {
    /// Every kind, to run one test on all of them.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MySql];

    /// Makes a fresh database `mainstay_test_<random>`; nothing if the variable that names the
    /// server is missing, which is said on stderr.
    ///
    /// # Panics
    /// If the server does not answer, or the variable is missing and `REQUIRE_BACKENDS` is `1`.
    pub async fn create(self) -> Option<OwnDatabase> {
        let Some(variable) = self.variable() else {
            return Some(OwnDatabase::file());
        };
        let Ok(server) = env::var(variable) else {
            skip(variable);
            return None;
        };
        Some(OwnDatabase::on(&server).await)
    }

    fn variable(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("TEST_POSTGRES_URL"),
            Self::MySql => Some("TEST_MYSQL_URL"),
        }
    }
}

/// Says that the running test is skipped. The test harness names a test's thread after it.
fn skip(variable: &str) {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test");
    assert!(
        env::var("REQUIRE_BACKENDS").as_deref() != Ok("1"),
        "{test} needs {variable}, which is not set, and REQUIRE_BACKENDS=1 forbids to skip it"
    );
    // Past the harness, which would swallow what `eprintln!` writes in a passing test.
    let line = format!("SKIPPED {test}: {variable} is not set\n");
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
}

/// A database that exists as long as this value.
pub struct OwnDatabase {
    url: String,
    place: Place,
}

enum Place {
    File { _folder: TempDir },
    Server { url: String, name: String },
}

impl OwnDatabase {
    /// Where it is, as the configuration takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: format!("sqlite://{}", folder.path().join("test.db").display()),
            place: Place::File { _folder: folder },
        }
    }

    async fn on(server: &str) -> Self {
        let name = format!("mainstay_test_{}", Uuid::now_v7().simple());
        // PostgreSQL refuses while anybody is connected to the template, and nobody can connect
        // to this one.
        let template = if server.starts_with("postgres") {
            " TEMPLATE template0"
        } else {
            ""
        };
        let made = run(server, &format!("CREATE DATABASE {name}{template}")).await;
        made.unwrap_or_else(|error| panic!("{name} cannot be made: {error}"));
        Self {
            url: with_database(server, &name),
            place: Place::Server {
                url: server.to_owned(),
                name,
            },
        }
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        let Place::Server { url, name } = &self.place else {
            return;
        };
        let force = if url.starts_with("postgres") {
            " WITH (FORCE)"
        } else {
            ""
        };
        let (url, statement) = (url.clone(), format!("DROP DATABASE IF EXISTS {name}{force}"));
        // A thread, because a test's runtime may be the one that is being taken down.
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(run(&url, &statement)))
        });
        match dropped.join() {
            Ok(Ok(Ok(()))) => {}
            other => eprintln!("{name} was left behind: {other:?}"),
        }
    }
}

async fn run(url: &str, statement: &str) -> Result<(), DbErr> {
    let connection = Database::connect(url).await?;
    let done = connection.execute_unprepared(statement).await;
    connection.close().await?;
    done.map(drop)
}

/// `postgres://host/test?x` and `name` → `postgres://host/name?x`.
fn with_database(server: &str, name: &str) -> String {
    let (address, query) = server
        .split_once('?')
        .map_or((server, None), |(address, query)| (address, Some(query)));
    let authority = address.find("://").map_or(0, |index| index + 3);
    let end = address[authority..]
        .find('/')
        .map_or(address.len(), |index| authority + index);
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    format!("{}/{name}{query}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_database_in_a_url_is_replaced() {
        for (server, expected) in [
            ("postgres://u@h:5432/test", "postgres://u@h:5432/own"),
            (
                "mysql://u:p@h/test?ssl-mode=disabled",
                "mysql://u:p@h/own?ssl-mode=disabled",
            ),
            ("mysql://h", "mysql://h/own"),
        ] {
            assert_eq!(with_database(server, "own"), expected);
        }
    }
}
