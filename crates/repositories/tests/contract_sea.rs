//! The store on SeaORM keeps the contract, on every engine that is there.
//!
//! The cases of one engine share a database, as they would on a server; each has a pool of
//! its own, because each has a runtime of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]

use std::sync::Arc;

use mainstay_repositories::Store;
use tokio::sync::OnceCell;

mod sea_support;

use sea_support::{Engine, open};

/// A pool on the engine's database, which the first case makes.
async fn make_store(engine: Engine, database: &OnceCell<Option<String>>) -> Option<Arc<dyn Store>> {
    let url = database.get_or_init(|| make_database(engine)).await.as_ref()?;
    Some(Arc::new(open(url).await))
}

async fn make_database(engine: Engine) -> Option<String> {
    let url = engine.make_database().await?;
    let store = open(&url).await;
    mainstay_migration::run_up(store.connection(), mainstay_migration::steps())
        .await
        .unwrap();
    store.close().await.unwrap();
    Some(url)
}

macro_rules! contract_on {
    ($module:ident, $engine:ident) => {
        mod $module {
            use super::*;

            static DATABASE: OnceCell<Option<String>> = OnceCell::const_new();

            mainstay_repositories::contract_tests!(make_store(Engine::$engine, &DATABASE));
        }
    };
}

contract_on!(sqlite, Sqlite);
contract_on!(postgres, Postgres);
contract_on!(mysql, MySql);
