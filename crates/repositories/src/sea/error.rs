//! From the errors of SeaORM and three drivers to ours.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{
        self,
        error::{DatabaseError, ErrorKind},
        mysql::MySqlDatabaseError,
        postgres::PgDatabaseError,
    },
};

use crate::{RepositoryError, constraint};

impl From<DbErr> for RepositoryError {
    fn from(error: DbErr) -> Self {
        match &error {
            // No connection was to be had, for whatever reason the server gave: it is starting, its
            // database is closed, it no longer knows us. Nothing was asked of it yet.
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
                from_sqlx(inner)
            }
            _ => Self::Backend(error.to_string()),
        }
    }
}

fn from_sqlx(error: &sqlx::Error) -> RepositoryError {
    match error {
        sqlx::Error::Database(error) => from_database(error.as_ref()),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        // A load balancer without a backend accepts, then hangs up in the middle of a sentence.
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => RepositoryError::Unavailable(error.to_string()),
        _ => RepositoryError::Backend(error.to_string()),
    }
}

fn from_database(error: &(dyn DatabaseError + 'static)) -> RepositoryError {
    match error.kind() {
        ErrorKind::UniqueViolation => conflict(unique_name(error)),
        ErrorKind::ForeignKeyViolation => conflict(constraint::REFERENCE.to_owned()),
        _ if is_passing(error) => RepositoryError::Unavailable(error.to_string()),
        _ => RepositoryError::Backend(error.to_string()),
    }
}

fn conflict(constraint: String) -> RepositoryError {
    RepositoryError::Conflict { constraint }
}

/// The violated index, by one name on every engine: unique indexes are called
/// `<table>_<columns>`, and SQLite, which tells the columns only, is put together so.
fn unique_name(error: &(dyn DatabaseError + 'static)) -> String {
    let name = if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        error.constraint().unwrap_or_default().to_owned()
    } else if error.try_downcast_ref::<MySqlDatabaseError>().is_some() {
        mysql_index(error.message()).to_owned()
    } else if error.code().as_deref() == Some(SQLITE_PRIMARY_KEY) {
        "PRIMARY".to_owned()
    } else {
        sqlite_index(error.message())
    };
    if name.is_empty() || name == "PRIMARY" || name.ends_with("_pkey") {
        return constraint::OTHER.to_owned();
    }
    name
}

/// `Duplicate entry '…' for key 'users.users_email_key'`, without the table on MariaDB.
fn mysql_index(message: &str) -> &str {
    let key = message.rsplit_once(" for key '").map_or("", |(_, key)| key);
    let key = key.trim_end_matches('\'');
    key.rsplit_once('.').map_or(key, |(_, index)| index)
}

/// `UNIQUE constraint failed: users.email_key`, with more columns after commas.
fn sqlite_index(message: &str) -> String {
    let columns = message.rsplit_once(": ").map_or("", |(_, columns)| columns);
    let mut name = String::new();
    for column in columns.split(", ") {
        match column.split_once('.') {
            Some((table, column)) if name.is_empty() => name = format!("{table}_{column}"),
            Some((_, column)) => name = format!("{name}_{column}"),
            None => {}
        }
    }
    name
}

const SQLITE_PRIMARY_KEY: &str = "1555";

/// Whether trying again may help: overload, shutdown, deadlock, timeout.
fn is_passing(error: &(dyn DatabaseError + 'static)) -> bool {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return mysql_is_passing(error.number());
    }
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        return postgres_is_passing(&code);
    }
    code.parse().is_ok_and(sqlite_is_passing)
}

/// Connection, resources and operator's intervention by class; statement timeout (57014) is
/// in the last. Then rollbacks the server asks to repeat, and lock timeouts.
fn postgres_is_passing(code: &str) -> bool {
    ["08", "53", "57"].iter().any(|class| code.starts_with(class))
        || matches!(code, "40001" | "40P01" | "55P03" | "25P03" | "25P04")
}

/// Also the codes of MariaDB (1020, 1927, 1969) and TiDB (8022, 8028, 9001 to 9012).
fn mysql_is_passing(number: u16) -> bool {
    matches!(
        number,
        1020 | 1040 | 1053 | 1203 | 1205 | 1213 | 1317 | 1927 | 1969 | 2006 | 2013 | 3024 | 8022 | 8028
    ) || (9001..=9012).contains(&number)
}

/// BUSY, LOCKED, IOERR, FULL, CANTOPEN; the low octet is the primary code.
fn sqlite_is_passing(code: i32) -> bool {
    matches!(code & 0xff, 5 | 6 | 10 | 13 | 14)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_index_has_one_name_on_every_engine() {
        for message in [
            "Duplicate entry 'a' for key 'users.users_email_key'",
            "Duplicate entry 'it's for key 'x'' for key 'users_email_key'",
        ] {
            assert_eq!(mysql_index(message), constraint::USERS_EMAIL);
        }
        let message = "UNIQUE constraint failed: users.email_key";
        assert_eq!(sqlite_index(message), constraint::USERS_EMAIL);
        let message = "UNIQUE constraint failed: notes.owner, notes.title";
        assert_eq!(sqlite_index(message), "notes_owner_title");
    }

    #[test]
    fn whatever_keeps_a_connection_away_counts_as_unavailable() {
        let closed = RuntimeErr::Internal("the database is not accepting connections".to_owned());
        let error = RepositoryError::from(DbErr::Conn(closed));
        assert!(matches!(error, RepositoryError::Unavailable(_)), "{error}");
    }

    #[test]
    fn deadlocks_and_overload_count_as_unavailable() {
        assert!(
            postgres_is_passing("40P01") && postgres_is_passing("53300") && !postgres_is_passing("42P01")
        );
        assert!(mysql_is_passing(1213) && mysql_is_passing(1040) && !mysql_is_passing(1146));
        assert!(sqlite_is_passing(5) && sqlite_is_passing(517) && !sqlite_is_passing(1));
    }
}
