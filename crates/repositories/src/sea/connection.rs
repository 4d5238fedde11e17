//! How connections are made.

use std::{fmt, path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{
        self, Executor,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use url::Url;

use super::release::{is_fit, is_fit_sqlite};
use crate::{RepositoryError, Result};

/// A connection that rested longer is tried before it is handed out, so that a restarted
/// database is noticed; busy connections are spared the round trip.
const PING_AFTER: Duration = Duration::from_secs(1);
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the database is and how many connections to it there may be.
#[derive(Clone)]
pub struct SeaOptions {
    /// `sqlite://data/mainstay.db`, `sqlite::memory:`, `postgres://…` or `mysql://…`.
    pub url: String,
    /// Most connections; `sqlite::memory:` always has one.
    pub max_connections: u32,
    /// Connections kept open.
    pub min_connections: u32,
    /// How many threads get a pool of their own ([`super::SeaStore::settle`]) out of
    /// `max_connections`; 0 for one pool that all share.
    pub thread_pools: u32,
    /// How long to wait for a connection.
    pub acquire_timeout: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
    /// Whether a missing SQLite file is made, with the folders it is in.
    pub create_if_missing: bool,
}

impl SeaOptions {
    /// Ten connections, five seconds to get one, ten for a statement; a missing SQLite file is
    /// made.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 10,
            min_connections: 0,
            thread_pools: 0,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            create_if_missing: true,
        }
    }

    fn is_in_memory(&self) -> bool {
        self.url.contains(":memory:") || self.url.contains("mode=memory")
    }

    /// This many threads' pools, each of this many connections, of which those who share one
    /// keep a fifth. A pool of fewer than two would make its thread wait for itself.
    pub(super) fn thread_pools(&self) -> (u32, u32) {
        let threads = self.thread_pools.max(1);
        let each = (self.max_connections - self.max_connections / 5) / threads;
        if self.thread_pools == 0 || self.is_in_memory() || each < 2 {
            return (0, 0);
        }
        (threads, each)
    }

    pub(super) fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }
}

/// Never shows user name, password or parameters.
impl fmt::Debug for SeaOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.url).map_or_else(
            |_| "***".to_owned(),
            |url| {
                format!(
                    "{}://{}{}",
                    url.scheme(),
                    url.host_str().unwrap_or_default(),
                    url.path()
                )
            },
        );
        f.debug_struct("SeaOptions")
            .field("url", &url)
            .field("max_connections", &self.max_connections)
            .field("min_connections", &self.min_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .finish_non_exhaustive()
    }
}

/// Opens a thread's pool, whose connections are made when that thread asks for them: a
/// connection is woken by the thread that made it.
pub(super) async fn connect_lazily(options: &SeaOptions) -> Result<DatabaseConnection> {
    let mut connect = connect_options(options);
    connect.min_connections(0).connect_lazy(true);
    Ok(Database::connect(connect).await?)
}

/// Opens a pool.
pub(super) async fn connect(options: &SeaOptions) -> Result<DatabaseConnection> {
    if options.is_sqlite() {
        make_folder(options)?;
        return connect_sqlite(options).await;
    }
    Ok(Database::connect(connect_options(options)).await?)
}

/// The change to WAL does not wait for other processes that open the file at the same time,
/// whatever the busy timeout.
async fn connect_sqlite(options: &SeaOptions) -> Result<DatabaseConnection> {
    let mut tries = 0;
    loop {
        tries += 1;
        match Database::connect(connect_options(options)).await {
            Err(error) if tries < 20 && is_busy(&error) => {
                tokio::time::sleep(Duration::from_millis(50 * tries)).await;
            }
            result => return Ok(result?),
        }
    }
}

fn is_busy(error: &DbErr) -> bool {
    error.to_string().contains("locked")
}

fn connect_options(options: &SeaOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(&options.url);
    connect
        .max_connections(options.max_connections.max(1))
        .min_connections(options.min_connections.min(options.max_connections))
        .acquire_timeout(options.acquire_timeout)
        .statement_timeout(options.statement_timeout)
        .test_before_acquire_if_idle_for(PING_AFTER)
        // Statements are logged by name in `Sea::run`; the driver would log their text.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    if options.is_in_memory() {
        // The database is the connection: it must be the only one and never be closed.
        connect
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None);
    }
    sqlite_options(&mut connect, options.create_if_missing);
    if !options.is_in_memory() {
        connect.map_sqlx_sqlite_pool_opts(|pool| {
            pool.after_release(|connection, _| Box::pin(is_fit_sqlite(connection)))
        });
    }
    connect.map_sqlx_postgres_pool_opts(|pool| {
        pool.after_release(|connection, _| Box::pin(is_fit::<sqlx::Postgres>(connection)))
    });
    mysql_options(&mut connect, options.statement_timeout);
    connect
}

fn sqlite_options(connect: &mut ConnectOptions, create: bool) {
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
    });
}

/// MySQL's default isolation locks gaps between rows and reads old snapshots; the other
/// engines' default is asked for instead, once a connection and not once a transaction.
fn mysql_options(connect: &mut ConnectOptions, statement_timeout: Duration) {
    let lock_wait = statement_timeout.as_secs().max(1);
    connect.map_sqlx_mysql_pool_opts(move |pool| {
        let pool = pool.after_release(|connection, _| Box::pin(is_fit::<sqlx::MySql>(connection)));
        pool.after_connect(move |connection, _| {
            Box::pin(async move {
                connection
                    .execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
                    .await?;
                let lock_wait = format!("SET SESSION innodb_lock_wait_timeout = {lock_wait}");
                connection.execute(sqlx::AssertSqlSafe(lock_wait)).await?;
                Ok(())
            })
        })
    });
}

fn make_folder(options: &SeaOptions) -> Result<()> {
    if !options.create_if_missing || options.is_in_memory() {
        return Ok(());
    }
    let sqlite: SqliteConnectOptions = options
        .url
        .parse()
        .map_err(|error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    let folder = sqlite.get_filename().parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder).map_err(|error| {
        RepositoryError::Unavailable(format!("cannot make the folder {}: {error}", folder.display()))
    })
}
