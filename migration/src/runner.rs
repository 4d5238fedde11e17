//! Runs steps, safely when several processes start at once.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use sea_orm_migration::{
    DbErr, MigrationName, MigrationTrait, MigratorTraitSelf, SchemaManager, SchemaManagerConnection,
    sea_orm::{
        ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, RuntimeErr,
        SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    },
    seaql_migrations,
};

use crate::lock::{Deadline, MigrationLock};

const TABLE: &str = "seaql_migrations";

/// What to do with the steps.
#[derive(Clone, Copy)]
enum Run {
    Up,
    Down(u32),
    Fresh,
}

/// Applies the steps that are not applied yet. Of several processes that start at once one
/// works and the others wait. Steps applied by a newer release and unknown here are left
/// alone, so that an older replica can still start during a rollout.
///
/// # Errors
/// What the failing step says; on SQLite nothing is applied then, on PostgreSQL and MySQL
/// the steps before it are.
pub async fn run_up(db: &DatabaseConnection, steps: Vec<Box<dyn MigrationTrait>>) -> Result<(), DbErr> {
    run(db, steps, Run::Up).await
}

/// Takes the last `count` applied steps back.
///
/// # Errors
/// What the failing step says.
pub async fn run_down(
    db: &DatabaseConnection,
    steps: Vec<Box<dyn MigrationTrait>>,
    count: u32,
) -> Result<(), DbErr> {
    run(db, steps, Run::Down(count)).await
}

/// Drops every table in the database, then applies all steps. All data is lost.
///
/// # Errors
/// What the failing step says.
pub async fn run_fresh(db: &DatabaseConnection, steps: Vec<Box<dyn MigrationTrait>>) -> Result<(), DbErr> {
    run(db, steps, Run::Fresh).await
}

/// Every step's name and whether it is applied. Changes nothing, not even to remember that
/// there are no steps yet.
///
/// # Errors
/// If the database does not answer.
pub async fn status(
    db: &DatabaseConnection,
    steps: Vec<Box<dyn MigrationTrait>>,
) -> Result<Vec<(String, bool)>, DbErr> {
    let applied = applied(db).await?;
    Ok(steps
        .iter()
        .map(|step| (step.name().to_owned(), applied.contains(step.name())))
        .collect())
}

/// The names of all steps that were applied, those of newer releases among them. Changes nothing.
///
/// # Errors
/// If the database does not answer.
pub async fn applied(db: &DatabaseConnection) -> Result<HashSet<String>, DbErr> {
    if !SchemaManager::new(db).has_table(TABLE).await? {
        return Ok(HashSet::new());
    }
    let rows = seaql_migrations::Entity::find().all(db).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

async fn run(db: &DatabaseConnection, steps: Vec<Box<dyn MigrationTrait>>, run: Run) -> Result<(), DbErr> {
    let migrator = Steps::new(steps);
    if db.get_database_backend() == DbBackend::Sqlite {
        return run_in_transaction(db, &migrator, run).await;
    }
    let lock = MigrationLock::acquire(db).await?;
    let result = migrator.run(SchemaManagerConnection::Connection(db), run).await;
    if let Some(lock) = lock {
        // The steps' own result matters more; the server frees the lock in any case.
        if let Err(error) = lock.release().await {
            tracing::warn!(%error, "the migration lock was not given back in order");
        }
    }
    result
}

/// SQLite can change its schema in a transaction, and a writing one excludes all others.
async fn run_in_transaction(db: &DatabaseConnection, migrator: &Steps, run: Run) -> Result<(), DbErr> {
    let transaction = begin_immediate(db).await?;
    if let Run::Fresh = run {
        drop_sqlite_tables(&transaction).await?;
    }
    let run = if let Run::Fresh = run { Run::Up } else { run };
    migrator
        .run(SchemaManagerConnection::Transaction(&transaction), run)
        .await?;
    transaction.commit().await
}

async fn begin_immediate(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let deadline = Deadline::new();
    loop {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        match db.begin_with_options(options).await {
            Err(error) if is_busy(&error) => deadline.pause().await?,
            result => return result,
        }
    }
}

fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    error
        .as_database_error()
        .is_some_and(|error| error.message().contains("locked"))
}

/// SeaORM's own `fresh` switches foreign keys off by a pragma that has no effect in a
/// transaction, and in a pool stays with some other connection. Youngest first, because a
/// table cannot be dropped once one it refers to is gone.
async fn drop_sqlite_tables(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction
        .execute_unprepared("PRAGMA defer_foreign_keys = ON")
        .await?;
    let tables = transaction
        .query_all_raw(Statement::from_string(
            DbBackend::Sqlite,
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' \
             ORDER BY rowid DESC",
        ))
        .await?;
    for table in tables {
        let name: String = table.try_get_by_index(0)?;
        let quoted = name.replace('"', "\"\"");
        transaction
            .execute_unprepared(&format!("DROP TABLE \"{quoted}\""))
            .await?;
    }
    Ok(())
}

/// A list of steps as SeaORM's migrator.
struct Steps(Vec<Arc<dyn MigrationTrait>>);

impl Steps {
    fn new(steps: Vec<Box<dyn MigrationTrait>>) -> Self {
        Self(steps.into_iter().map(Arc::from).collect())
    }

    async fn run(&self, db: SchemaManagerConnection<'_>, run: Run) -> Result<(), DbErr> {
        match run {
            Run::Up => self.up(db, None).await,
            Run::Down(count) => self.down(db, Some(count)).await,
            Run::Fresh => self.fresh(db).await,
        }
    }
}

#[async_trait]
impl MigratorTraitSelf for Steps {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        let shared = self.0.iter().map(|step| Shared(Arc::clone(step)));
        shared
            .map(|step| Box::new(step) as Box<dyn MigrationTrait>)
            .collect()
    }

    /// Only what is known here: SeaORM refuses to do anything once a newer release has
    /// migrated, which would keep older replicas from restarting.
    async fn get_migration_models<C>(&self, db: &C) -> Result<Vec<seaql_migrations::Model>, DbErr>
    where
        C: ConnectionTrait,
    {
        self.install(db).await?;
        let applied = seaql_migrations::Entity::find().all(db).await?;
        let (known, newer): (Vec<_>, Vec<_>) = applied
            .into_iter()
            .partition(|row| self.0.iter().any(|step| step.name() == row.version));
        if !newer.is_empty() {
            tracing::warn!(count = newer.len(), "the database knows steps of a newer release");
        }
        Ok(known)
    }
}

/// A step that is handed out more than once; SeaORM asks for new boxes each time.
struct Shared(Arc<dyn MigrationTrait>);

impl MigrationName for Shared {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait]
impl MigrationTrait for Shared {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        self.0.use_transaction()
    }
}
