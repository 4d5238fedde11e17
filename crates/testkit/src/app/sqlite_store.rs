//! A store for tests of a product's repositories.

use mainstay_server::{
    migration::{self, MigrationTrait},
    repositories::sea::{SeaOptions, SeaStore},
};

/// A SQLite database in memory with Mainstay's schema and the product's `steps`.
///
/// # Panics
/// If a step fails.
pub async fn sqlite_store(steps: Vec<Box<dyn MigrationTrait>>) -> SeaStore {
    let options = SeaOptions::new("sqlite::memory:");
    let store = SeaStore::connect(&options).await.expect("a database in memory");
    let all = migration::steps().into_iter().chain(steps).collect();
    let up = Box::pin(migration::run_up(store.connection(), all)).await;
    up.expect("every step runs");
    store
}
