//! The door to the store in memory.

use std::sync::{Arc, RwLock};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::{
    access::{Autocommit, Memory, Shared},
    state::State,
    unit_of_work::Transaction,
};
use crate::{JobBell, Repositories, Result, Store, StoreHealth, UnitOfWork};

/// A store that forgets everything when its last clone is dropped. Clones share one state.
#[derive(Clone)]
pub struct MemoryStore {
    repositories: Memory<Autocommit>,
}

impl MemoryStore {
    /// A store that holds the built-in roles and nothing else, like a freshly migrated database.
    #[must_use]
    pub fn new() -> Self {
        Self {
            repositories: Memory(Autocommit(Arc::new(Shared {
                committed: RwLock::new(State::with_built_in_roles()),
                turn: Arc::new(Mutex::new(())),
                bell: JobBell::default(),
            }))),
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn read(&self) -> &dyn Repositories {
        &self.repositories
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>> {
        Ok(Box::new(Memory(Transaction::begin(&self.repositories.0.0).await)))
    }

    async fn ping(&self) -> Result<()> {
        Ok(())
    }

    fn health(&self) -> StoreHealth {
        StoreHealth {
            backend: "memory",
            ..StoreHealth::default()
        }
    }

    fn job_bell(&self) -> &JobBell {
        &self.repositories.0.0.bell
    }
}
