//! The store in memory keeps the contract, alone in a store and among all other cases.
#![cfg(all(feature = "memory", feature = "contract"))]

/// Each case in a store of its own.
mod fresh {
    use std::sync::Arc;

    use mainstay_repositories::{Store, memory::MemoryStore};

    async fn make_store() -> Option<Arc<dyn Store>> {
        Some(Arc::new(MemoryStore::new()))
    }

    mainstay_repositories::contract_tests!(make_store());
}

/// All cases at once in one store, as on a database server: this proves that they do not
/// disturb each other.
mod shared {
    use std::sync::{Arc, LazyLock};

    use mainstay_repositories::{Store, memory::MemoryStore};

    static STORE: LazyLock<MemoryStore> = LazyLock::new(MemoryStore::new);

    async fn shared_store() -> Option<Arc<dyn Store>> {
        Some(Arc::new(STORE.clone()))
    }

    mainstay_repositories::contract_tests!(shared_store());
}
