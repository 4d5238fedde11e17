//! Calls of several statements, whole or not at all.

use std::pin::pin;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::{sync::oneshot, time::sleep};
use tracing::Instrument;

use super::release::{PROOF, Waiting};

/// What [`super::Sea`] can be over: a pool or a transaction.
#[async_trait]
pub trait SeaConnection: ConnectionTrait + Send + Sync {
    /// Whether it is a unit of work, whose changes are seen when it is committed.
    const IS_UNIT: bool;

    /// A place for statements that belong together: over a pool a transaction of their own,
    /// in a unit of work that one. End it with [`keep`].
    async fn whole(&self) -> Result<DatabaseExecutor<'_>, DbErr>;
}

#[async_trait]
impl SeaConnection for DatabaseConnection {
    const IS_UNIT: bool = false;

    async fn whole(&self) -> Result<DatabaseExecutor<'_>, DbErr> {
        Ok(DatabaseExecutor::OwnedTransaction(begin(self).await?))
    }
}

#[async_trait]
impl SeaConnection for DatabaseTransaction {
    const IS_UNIT: bool = true;

    async fn whole(&self) -> Result<DatabaseExecutor<'_>, DbErr> {
        Ok(DatabaseExecutor::Transaction(self))
    }
}

/// Keeps what was done in [`SeaConnection::whole`]; in a unit of work that is for its own
/// commit to do.
///
/// # Errors
/// What the commit says.
pub async fn keep(whole: DatabaseExecutor<'_>) -> Result<(), DbErr> {
    match whole {
        DatabaseExecutor::OwnedTransaction(transaction) => transaction.commit().await,
        DatabaseExecutor::Connection(_) | DatabaseExecutor::Transaction(_) => Ok(()),
    }
}

/// SQLite's transactions must be writing ones from the start: a reading one that wants to
/// write later fails at once, without waiting for its turn, if another has written meanwhile.
///
/// It goes on in a task of its own, whether or not anybody still waits: sqlx does not notice that it is
/// dropped between `BEGIN` and its answer (a client that hangs up, a time limit), and the connection would
/// go back to the pool within a transaction, in which whoever gets it next writes what nobody commits.
/// Where nobody waits any more it does not go on for ever: the database may have gone silent.
pub(super) async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let connection = connection.clone();
    let (mut asked, answer) = oneshot::channel();
    let beginning = async move {
        let begun = pin!(connection.begin_with_options(options));
        let waiting = Waiting::begin();
        let nobody_waits = async {
            asked.closed().await;
            sleep(PROOF).await;
        };
        let begun = tokio::select! {
            begun = begun => begun,
            () = nobody_waits => return,
        };
        waiting.end();
        // Nobody there: the transaction is dropped, and rolled back.
        let _ = asked.send(begun);
    };
    tokio::spawn(beginning.in_current_span());
    let broke_off = |error: oneshot::error::RecvError| Err(DbErr::Custom(error.to_string()));
    answer.await.unwrap_or_else(broke_off)
}
