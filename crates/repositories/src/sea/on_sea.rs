//! Where repositories of a product are implemented.

use sea_orm::{DatabaseConnection, DatabaseTransaction};

use super::{Sea, SeaConnection, SeaStore, SeaUnitOfWork};

/// A place to run statements: the store, or one unit of work. What is implemented for all of
/// them works alike over the pool and in a transaction.
pub trait OnSea: Send + Sync {
    /// What the statements run on.
    type Connection: SeaConnection;

    /// Runs them.
    fn sea(&self) -> &Sea<Self::Connection>;
}

impl OnSea for SeaStore {
    type Connection = DatabaseConnection;

    fn sea(&self) -> &Sea<DatabaseConnection> {
        self.pool()
    }
}

impl OnSea for SeaUnitOfWork {
    type Connection = DatabaseTransaction;

    fn sea(&self) -> &Sea<DatabaseTransaction> {
        self
    }
}
