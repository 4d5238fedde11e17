//! The bare server's tables on either database: what somebody would write by hand with sqlx.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{
    FromRow, PgPool, Row, SqlitePool,
    postgres::{PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow},
};
use uuid::Uuid;

const SELECT_ONE: &str = "SELECT id, email, first_name, last_name, created_at FROM bare_users WHERE id = $1";
const SELECT_LIST: &str = "SELECT id, email, first_name, last_name, created_at FROM bare_users \
                           ORDER BY created_at DESC LIMIT 20";
const SPEND: &str =
    "UPDATE bare_tokens SET used_at = $1 WHERE hash = $2 AND used_at IS NULL RETURNING user_id";
const ISSUE: &str = "INSERT INTO bare_tokens (hash, user_id, issued_at) VALUES ($1, $2, $3)";
const SCHEMA: &str = "
    DROP TABLE IF EXISTS bare_tokens;
    DROP TABLE IF EXISTS bare_users;
    CREATE TABLE bare_users (
        id UUID PRIMARY KEY, email VARCHAR(254) NOT NULL UNIQUE, first_name VARCHAR(100),
        last_name VARCHAR(100), password_hash VARCHAR(255) NOT NULL, created_at TIMESTAMPTZ NOT NULL);
    CREATE INDEX bare_users_created_at ON bare_users (created_at);
    CREATE TABLE bare_tokens (
        hash BYTEA PRIMARY KEY, user_id UUID NOT NULL REFERENCES bare_users (id),
        issued_at TIMESTAMPTZ NOT NULL, used_at TIMESTAMPTZ);";

const FILES: &str = "
    DROP TABLE IF EXISTS bare_files;
    CREATE TABLE bare_files (
        name VARCHAR(255) PRIMARY KEY, size BIGINT NOT NULL, hash BYTEA NOT NULL,
        written_at TIMESTAMPTZ NOT NULL);";

/// A row of `bare_users`, and what `/me` and `/list` answer.
#[derive(Debug, Serialize, FromRow)]
pub struct User {
    /// Primary key.
    pub id: Uuid,
    /// Unique.
    pub email: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Sorts the list.
    pub created_at: DateTime<Utc>,
}

/// A pool on either database.
#[derive(Debug, Clone)]
pub enum Database {
    /// PostgreSQL.
    Postgres(PgPool),
    /// SQLite.
    Sqlite(SqlitePool),
}

/// Runs one expression on whichever pool there is.
macro_rules! on_pool {
    ($database:expr, $pool:ident => $work:expr) => {
        match $database {
            Database::Postgres($pool) => $work,
            Database::Sqlite($pool) => $work,
        }
    };
}

impl Database {
    /// Opens a pool of ten with sqlx's defaults; SQLite with a write-ahead log, without which
    /// readers and writers wait for each other.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        if url.starts_with("sqlite:") {
            let options = url
                .parse::<SqliteConnectOptions>()?
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal);
            let pool = SqlitePoolOptions::new()
                .max_connections(10)
                .connect_with(options)
                .await?;
            return Ok(Self::Sqlite(pool));
        }
        Ok(Self::Postgres(
            PgPoolOptions::new().max_connections(10).connect(url).await?,
        ))
    }

    /// Makes the tables anew and fills them with users of one password.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn seed(&self, users: usize, password_hash: &str) -> Result<(), sqlx::Error> {
        on_pool!(self, pool => { sqlx::raw_sql(SCHEMA).execute(pool).await?; });
        let insert = "INSERT INTO bare_users (id, email, first_name, last_name, password_hash, created_at) \
                      VALUES ($1, $2, 'Ada', 'Lovelace', $3, $4)";
        for number in 0..users {
            let email = format!("user{number}@example.com");
            on_pool!(self, pool => {
                sqlx::query(insert).bind(Uuid::now_v7()).bind(email).bind(password_hash).bind(Utc::now())
                    .execute(pool).await?;
            });
        }
        Ok(())
    }

    /// Makes the table of files anew.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn make_files(&self) -> Result<(), sqlx::Error> {
        on_pool!(self, pool => { sqlx::raw_sql(FILES).execute(pool).await?; });
        Ok(())
    }

    /// Inserts the row of a file.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn keep_file(&self, name: &str, size: usize, hash: &[u8]) -> Result<(), sqlx::Error> {
        let insert = "INSERT INTO bare_files (name, size, hash, written_at) VALUES ($1, $2, $3, $4)";
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        on_pool!(self, pool => {
            sqlx::query(insert).bind(name).bind(size).bind(hash).bind(Utc::now()).execute(pool).await?;
        });
        Ok(())
    }

    /// The user with a key.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn user(&self, id: Uuid) -> Result<Option<User>, sqlx::Error> {
        on_pool!(self, pool => sqlx::query_as(SELECT_ONE).bind(id).fetch_optional(pool).await)
    }

    /// The 20 latest users.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn latest(&self) -> Result<Vec<User>, sqlx::Error> {
        on_pool!(self, pool => sqlx::query_as(SELECT_LIST).fetch_all(pool).await)
    }

    /// Key and password hash of the user with an address.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn credential(&self, email: &str) -> Result<Option<(Uuid, String)>, sqlx::Error> {
        let select = "SELECT id, password_hash FROM bare_users WHERE email = $1";
        on_pool!(self, pool => sqlx::query_as(select).bind(email).fetch_optional(pool).await)
    }

    /// Keeps the hash of a new refresh token.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn issue(&self, user: Uuid, hash: &[u8]) -> Result<(), sqlx::Error> {
        on_pool!(self, pool => {
            sqlx::query(ISSUE).bind(hash).bind(user).bind(Utc::now()).execute(pool).await?;
        });
        Ok(())
    }

    /// Exchanges a refresh token for its successor: the update and the insert in one
    /// transaction that the issue of this repository measures Mainstay's refresh against.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn rotate(&self, old: &[u8], new: &[u8]) -> Result<Option<Uuid>, sqlx::Error> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let spent = sqlx::query(SPEND).bind(Utc::now()).bind(old)
                .fetch_optional(&mut *transaction).await?;
            let Some(row) = spent else { return Ok(None) };
            let user: Uuid = row.try_get(0)?;
            sqlx::query(ISSUE).bind(new).bind(user).bind(Utc::now()).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(Some(user))
        })
    }

    /// Runs statements and gives the first column of the last row that is text.
    ///
    /// # Errors
    /// Whatever sqlx says.
    pub async fn run(&self, statements: String) -> Result<Option<String>, sqlx::Error> {
        let statements = sqlx::AssertSqlSafe(statements);
        match self {
            Self::Postgres(pool) => {
                let rows: Vec<PgRow> = sqlx::raw_sql(statements).fetch_all(pool).await?;
                Ok(rows.last().and_then(|row| row.try_get(0).ok()))
            }
            Self::Sqlite(pool) => {
                let rows: Vec<SqliteRow> = sqlx::raw_sql(statements).fetch_all(pool).await?;
                Ok(rows.last().and_then(|row| row.try_get(0).ok()))
            }
        }
    }
}
