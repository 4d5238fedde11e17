//! The store.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use sea_orm::{DatabaseConnection, DbBackend, EntityTrait, QuerySelect, sqlx};
use tokio::{sync::Semaphore, time::timeout};

use super::{
    Sea, SeaOptions, SeaUnitOfWork, connection,
    entity::{
        api_keys, audit_chain, audit_records, avatars, blobs, bucket_usage, buckets, file_deletions, files,
        idempotency_keys, identities, jobs, one_time_tokens, passkeys, password_credentials, recovery_codes,
        role_permissions, roles, schedules, sessions, signing_keys, sweeps, throttles, totp_factors,
        upload_parts, uploads, user_roles, users,
    },
    whole::begin,
};
use crate::{JobBell, Repositories, RepositoryError, Result, Store, StoreHealth, UnitOfWork};

/// The store over a connection pool; clones share it.
#[derive(Debug, Clone)]
pub struct SeaStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// For threads without a pool of their own.
    shared: Sea<DatabaseConnection>,
    own: Vec<Sea<DatabaseConnection>>,
    /// How many threads have settled.
    settled: AtomicUsize,
    options: SeaOptions,
}

thread_local! {
    /// Which pool is this thread's own, if it has settled.
    static OWN: Cell<usize> = const { Cell::new(usize::MAX) };
}

impl SeaStore {
    /// Opens a pool of connections.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`] if the database cannot be reached,
    /// [`RepositoryError::Backend`] if the URL makes no sense.
    pub async fn connect(options: &SeaOptions) -> Result<Self> {
        let (threads, each) = options.thread_pools();
        let with = |max_connections| SeaOptions {
            max_connections,
            ..options.clone()
        };
        let gate = options.is_sqlite().then(|| Arc::new(Semaphore::new(1)));
        // A call over the pool first waits for a connection.
        let limit = options.acquire_timeout + options.statement_timeout;
        let bell = JobBell::default();
        let sea = |connection| Sea::new(connection, limit, gate.clone(), bell.clone());
        let shared = connection::connect(&with(options.max_connections - threads * each)).await?;
        let mut own = Vec::new();
        for _ in 0..threads {
            own.push(sea(connection::connect_lazily(&with(each)).await?));
        }
        Ok(Self {
            inner: Arc::new(Inner {
                shared: sea(shared),
                own,
                settled: AtomicUsize::new(0),
                options: options.clone(),
            }),
        })
    }

    /// Gives the calling thread a pool of its own, if there are any: its connections are then
    /// woken by this thread and no other, which spares every statement two hops.
    pub fn settle(&self) {
        let number = self.inner.settled.fetch_add(1, Ordering::Relaxed);
        OWN.set(number % self.inner.own.len().max(1));
    }

    /// Repositories over the pool, for a product's own.
    #[must_use]
    pub fn pool(&self) -> &Sea<DatabaseConnection> {
        self.inner.own.get(OWN.get()).unwrap_or(&self.inner.shared)
    }

    /// The connection pool, for migrations.
    #[must_use]
    pub fn connection(&self) -> &DatabaseConnection {
        self.inner.shared.conn()
    }

    /// Begins a unit of work that a product's own repositories can take part in.
    ///
    /// # Errors
    /// [`RepositoryError::Unavailable`] if no connection can be had.
    pub async fn begin_sea(&self) -> Result<SeaUnitOfWork> {
        let pool = self.pool();
        let began = timeout(pool.limit(), async {
            let turn = match pool.gate() {
                Some(gate) => Arc::clone(gate).acquire_owned().await.ok(),
                None => None,
            };
            let transaction = begin(pool.conn()).await?;
            let sea = Sea::new(
                transaction,
                self.inner.options.statement_timeout,
                None,
                pool.bell().clone(),
            );
            Ok(SeaUnitOfWork::new(sea, turn))
        });
        began
            .await
            .unwrap_or_else(|_| Err(RepositoryError::Unavailable("no transaction in time".to_owned())))
    }

    /// Reads a row of every table with every column there should be.
    ///
    /// # Errors
    /// [`RepositoryError::Backend`] naming what the schema lacks.
    pub async fn verify_schema(&self) -> Result<()> {
        let connection = self.connection();
        has_columns::<users::Entity>(connection).await?;
        has_columns::<password_credentials::Entity>(connection).await?;
        has_columns::<roles::Entity>(connection).await?;
        has_columns::<role_permissions::Entity>(connection).await?;
        has_columns::<user_roles::Entity>(connection).await?;
        has_columns::<sessions::Entity>(connection).await?;
        has_columns::<one_time_tokens::Entity>(connection).await?;
        has_columns::<audit_records::Entity>(connection).await?;
        has_columns::<audit_chain::Entity>(connection).await?;
        has_columns::<throttles::Entity>(connection).await?;
        has_columns::<idempotency_keys::Entity>(connection).await?;
        has_columns::<identities::Entity>(connection).await?;
        has_columns::<jobs::Entity>(connection).await?;
        has_columns::<totp_factors::Entity>(connection).await?;
        has_columns::<recovery_codes::Entity>(connection).await?;
        has_columns::<passkeys::Entity>(connection).await?;
        has_columns::<api_keys::Entity>(connection).await?;
        has_columns::<signing_keys::Entity>(connection).await?;
        has_columns::<buckets::Entity>(connection).await?;
        has_columns::<bucket_usage::Entity>(connection).await?;
        has_columns::<files::Entity>(connection).await?;
        has_columns::<blobs::Entity>(connection).await?;
        has_columns::<uploads::Entity>(connection).await?;
        has_columns::<upload_parts::Entity>(connection).await?;
        has_columns::<avatars::Entity>(connection).await?;
        has_columns::<file_deletions::Entity>(connection).await?;
        has_columns::<sweeps::Entity>(connection).await?;
        has_columns::<schedules::Entity>(connection).await
    }

    /// Reads a row of an entity's table with every column the entity has; for a product's own,
    /// in a test that no migration was forgotten.
    ///
    /// # Errors
    /// [`RepositoryError::Backend`] naming what the schema lacks.
    pub async fn verify_entity<E: EntityTrait>(&self) -> Result<()> {
        has_columns::<E>(self.connection()).await
    }

    /// Closes all connections; calls fail as unavailable from then on.
    ///
    /// # Errors
    /// What the driver says.
    pub async fn close(&self) -> Result<()> {
        for pool in self.pools() {
            pool.conn().close_by_ref().await?;
        }
        Ok(())
    }
}

impl SeaStore {
    fn pools(&self) -> impl Iterator<Item = &Sea<DatabaseConnection>> {
        std::iter::once(&self.inner.shared).chain(&self.inner.own)
    }
}

async fn has_columns<E: EntityTrait>(connection: &DatabaseConnection) -> Result<()> {
    E::find().limit(1).one(connection).await?;
    Ok(())
}

#[async_trait]
impl Store for SeaStore {
    fn read(&self) -> &dyn Repositories {
        self.pool()
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>> {
        Ok(Box::new(self.begin_sea().await?))
    }

    async fn ping(&self) -> Result<()> {
        let pool = self.pool();
        pool.run("db.ping", async { Ok(pool.conn().ping().await?) }).await
    }

    fn health(&self) -> StoreHealth {
        self.pools()
            .map(|pool| health(pool.conn()))
            .reduce(|sum, one| StoreHealth {
                backend: sum.backend,
                active: sum.active + one.active,
                idle: sum.idle + one.idle,
                size: sum.size + one.size,
                max: sum.max + one.max,
            })
            .unwrap_or_default()
    }

    fn job_bell(&self) -> &JobBell {
        self.inner.shared.bell()
    }
}

fn health(connection: &DatabaseConnection) -> StoreHealth {
    match connection.get_database_backend() {
        DbBackend::Postgres => figures("postgres", connection.get_postgres_connection_pool()),
        DbBackend::MySql => figures("mysql", connection.get_mysql_connection_pool()),
        _ => figures("sqlite", connection.get_sqlite_connection_pool()),
    }
}

fn figures<DB: sqlx::Database>(backend: &'static str, pool: &sqlx::Pool<DB>) -> StoreHealth {
    let size = pool.size();
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX).min(size);
    StoreHealth {
        backend,
        active: size - idle,
        idle,
        size,
        max: pool.options().get_max_connections(),
    }
}
