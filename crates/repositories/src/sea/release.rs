//! What happens to a connection that is given back.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::sqlx::{self, Connection, Database, Executor};
use tokio::time::timeout;

/// How long a connection that is doubted has to prove itself.
pub(super) const PROOF: Duration = Duration::from_secs(2);
/// A connection is given back a moment after its call was given up; on a busy machine that moment
/// may be long. In milliseconds.
const DOUBT: u64 = 10_000;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);
/// Until when connections are doubted, in milliseconds since the start.
static DOUBTED_UNTIL: AtomicU64 = AtomicU64::new(0);

fn now() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Somebody waits for the database. If they give up, connections are doubted: to be dropped before the
/// connection that it is about is let go.
pub(super) struct Waiting {
    is_answered: bool,
}

impl Waiting {
    pub(super) const fn begin() -> Self {
        Self { is_answered: false }
    }

    /// The database answered.
    pub(super) fn end(mut self) {
        self.is_answered = true;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_answered {
            DOUBTED_UNTIL.fetch_max(now().saturating_add(DOUBT), Ordering::AcqRel);
        }
    }
}

fn is_doubtful() -> bool {
    now() < DOUBTED_UNTIL.load(Ordering::Acquire)
}

/// Whether a connection to a server may go back to its pool.
///
/// sqlx asks each one for a sign of life first, for as long as that takes, and keeps its place in the pool
/// meanwhile: connections that have gone silent without a reset (a failover, a host without power) would
/// hold all places for ever. So whoever was just given up on has little time. `ROLLBACK` is the sign,
/// as it also ends a transaction that began when nobody waited for it any more.
///
/// # Errors
/// That it is broken, and is not worth a farewell.
pub(super) async fn is_fit<DB>(connection: &mut DB::Connection) -> Result<bool, sqlx::Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    if is_doubtful() {
        let proof = timeout(PROOF, connection.execute("ROLLBACK")).await;
        proof.map_err(|_| sqlx::Error::PoolTimedOut)??;
    }
    Ok(!connection.is_in_transaction())
}

/// Whether a connection to a SQLite file may go back to its pool. SQLite ends a transaction by itself when
/// the disk is full; the driver's own `ROLLBACK` fails then, and it goes on counting a transaction that
/// is none. What is written over such a connection later is a savepoint that nobody commits.
///
/// # Errors
/// That it is broken.
pub(super) async fn is_fit_sqlite(connection: &mut sqlx::SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback may still be waiting for its turn; this waits behind it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
