//! The database's schema: Mainstay's steps and the product's.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use mainstay_repositories::sea::{SeaOptions, SeaStore};
use sea_orm_migration::{DbErr, MigrationTrait, sea_orm::DatabaseConnection};
use secrecy::ExposeSecret;

use crate::config::Config;

/// Makes the steps anew each time: SeaORM's cannot be cloned.
pub(crate) type Steps = Arc<dyn Fn() -> Vec<Box<dyn MigrationTrait>> + Send + Sync>;

/// Rebuilding a large table takes longer than any request may.
const STEP_TIMEOUT: Duration = Duration::from_secs(3600);

// SeaORM's futures are nested so deeply that a product's `main` would not compile without a
// higher recursion limit; boxes keep that from showing.

/// A database and the steps it should have.
pub(crate) struct Schema {
    store: SeaStore,
    steps: Steps,
}

impl Schema {
    /// Over connections of its own, whose statements may take long.
    pub(crate) async fn open(config: &Config, steps: Steps) -> anyhow::Result<Self> {
        let options = SeaOptions {
            statement_timeout: STEP_TIMEOUT,
            ..options(config)
        };
        let store = connect(&options).await?;
        Ok(Self { store, steps })
    }

    /// Applies what is not applied yet.
    pub(crate) async fn up(&self) -> anyhow::Result<()> {
        let result = Box::pin(mainstay_migration::run_up(self.connection(), (self.steps)())).await;
        result.context("the schema could not be brought up to date")
    }

    /// Takes the last `count` steps back.
    pub(crate) async fn down(&self, count: u32) -> anyhow::Result<()> {
        let result = Box::pin(mainstay_migration::run_down(
            self.connection(),
            (self.steps)(),
            count,
        ))
        .await;
        result.context("the steps could not be taken back")
    }

    /// Begins anew; all data is lost.
    pub(crate) async fn fresh(&self) -> anyhow::Result<()> {
        let result = Box::pin(mainstay_migration::run_fresh(self.connection(), (self.steps)())).await;
        result.context("the schema could not be made anew")
    }

    /// Every step and whether it is applied.
    pub(crate) async fn status(&self) -> anyhow::Result<Vec<(String, bool)>> {
        let status = Box::pin(mainstay_migration::status(self.connection(), (self.steps)())).await;
        status.context("the state of the schema could not be read")
    }

    /// Lets the database go, so that SQLite leaves no journal behind.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        Ok(self.store.close().await?)
    }

    fn connection(&self) -> &DatabaseConnection {
        self.store.connection()
    }
}

/// Brings the schema up to date before the server starts, if it is allowed to.
pub(crate) async fn prepare(store: &SeaStore, config: &Config, steps: &Steps) -> anyhow::Result<()> {
    let pending = pending(store, steps)
        .await
        .context("the state of the schema could not be read")?;
    if pending == 0 {
        return Ok(());
    }
    if !config.database.migrate_on_start {
        tracing::warn!(pending, "the schema is not up to date; run `mainstay migrate up`");
        return Ok(());
    }
    tracing::info!(pending, "bringing the schema up to date");
    if config.database.is_in_memory() {
        // It exists only on this store's one connection.
        let steps = Arc::clone(steps);
        let schema = Schema {
            store: store.clone(),
            steps,
        };
        return schema.up().await;
    }
    let schema = Schema::open(config, Arc::clone(steps)).await?;
    schema.up().await?;
    schema.close().await
}

/// How many steps are not applied yet.
pub(crate) async fn pending(store: &SeaStore, steps: &Steps) -> Result<u32, DbErr> {
    let status = Box::pin(mainstay_migration::status(store.connection(), steps())).await?;
    let pending = status.iter().filter(|(_, applied)| !applied).count();
    Ok(u32::try_from(pending).unwrap_or(u32::MAX))
}

pub(crate) async fn connect(options: &SeaOptions) -> anyhow::Result<SeaStore> {
    SeaStore::connect(options)
        .await
        .with_context(|| format!("the database cannot be reached ({options:?})"))
}

/// What the configuration says about connections, which all threads share.
pub(crate) fn options(config: &Config) -> SeaOptions {
    let database = &config.database;
    let url = database.url.expose_secret();
    SeaOptions {
        // SeaORM knows MariaDB only by its elder's name.
        url: url
            .strip_prefix("mariadb:")
            .map_or_else(|| url.to_owned(), |rest| format!("mysql:{rest}")),
        max_connections: database.max_connections,
        min_connections: database.min_connections,
        thread_pools: 0,
        acquire_timeout: database.acquire_timeout,
        statement_timeout: database.statement_timeout,
        create_if_missing: true,
    }
}

/// The same with a share for each thread that answers requests.
pub(crate) fn serving_options(config: &Config) -> SeaOptions {
    SeaOptions {
        thread_pools: http_workers(config),
        ..options(config)
    }
}

/// As many as actix starts.
fn http_workers(config: &Config) -> u32 {
    let workers = match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        workers => workers,
    };
    u32::try_from(workers).unwrap_or(u32::MAX)
}
