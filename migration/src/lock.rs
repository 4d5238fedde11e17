//! One process at a time: the lock around a run of steps.
//!
//! PostgreSQL and MySQL hold it on a connection of its own, outside the pool, so that even a
//! pool of one connection can migrate; when the process dies the server frees the lock.

use std::time::Duration;

use sea_orm_migration::{
    DbErr,
    sea_orm::{
        DatabaseConnection, DbBackend, RuntimeErr,
        sqlx::{self, Connection, MySqlConnection, PgConnection},
    },
};
use tokio::time::{Instant, sleep};

/// How long to wait for another process; its steps may rewrite large tables.
const PATIENCE: Duration = Duration::from_secs(600);
const PAUSE: Duration = Duration::from_millis(100);

/// "mainstay" as a number: advisory locks of PostgreSQL are told apart by a `bigint`.
const PG_TRY: &str = "SELECT pg_try_advisory_lock(7881692447063367033)";
/// Names of locks are server-wide on MySQL and at most 64 octets.
const MYSQL_TRY: &str = "SELECT COALESCE(GET_LOCK(CONCAT('mainstay:', MD5(DATABASE())), 0), 0)";

/// A held lock; it ends with [`MigrationLock::release`], or with the connection.
pub(crate) enum MigrationLock {
    Postgres(Box<PgConnection>),
    MySql(Box<MySqlConnection>),
}

impl MigrationLock {
    /// Waits for the lock. SQLite has none: there the transaction itself excludes others.
    pub(crate) async fn acquire(db: &DatabaseConnection) -> Result<Option<Self>, DbErr> {
        match db.get_database_backend() {
            DbBackend::Postgres => Self::postgres(db).await.map(Some),
            DbBackend::MySql => Self::mysql(db).await.map(Some),
            _ => Ok(None),
        }
    }

    async fn postgres(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let options = db.get_postgres_connection_pool().connect_options();
        let mut connection = PgConnection::connect_with(&options).await.map_err(failed)?;
        let deadline = Deadline::new();
        while !sqlx::query_scalar::<_, bool>(PG_TRY)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?
        {
            deadline.pause().await?;
        }
        Ok(Self::Postgres(Box::new(connection)))
    }

    async fn mysql(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let options = db.get_mysql_connection_pool().connect_options();
        let mut connection = MySqlConnection::connect_with(&options).await.map_err(failed)?;
        let deadline = Deadline::new();
        while sqlx::query_scalar::<_, i64>(MYSQL_TRY)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?
            != 1
        {
            deadline.pause().await?;
        }
        Ok(Self::MySql(Box::new(connection)))
    }

    /// Gives the lock back by closing its connection.
    pub(crate) async fn release(self) -> Result<(), DbErr> {
        match self {
            Self::Postgres(connection) => connection.close().await,
            Self::MySql(connection) => connection.close().await,
        }
        .map_err(failed)
    }
}

/// The end of patience.
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// Patience begins now.
    pub(crate) fn new() -> Self {
        Self(Instant::now() + PATIENCE)
    }

    /// Waits a little, or tells that patience is over.
    pub(crate) async fn pause(&self) -> Result<(), DbErr> {
        if Instant::now() >= self.0 {
            return Err(DbErr::Migration(
                "another process holds the migration lock".to_owned(),
            ));
        }
        sleep(PAUSE).await;
        Ok(())
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}
