//! Every object store does what the contract asks for.

mod memory {
    use std::sync::Arc;

    use mainstay_adapters::SystemClock;
    use mainstay_services::{objects::MemoryObjects, ports::ObjectStore};

    async fn make_store() -> Option<Arc<dyn ObjectStore>> {
        Some(Arc::new(MemoryObjects::new(Arc::new(SystemClock))))
    }

    mainstay_services::object_contract_tests!(make_store());
}

mod disk {
    use std::{path::Path, sync::Arc};

    use mainstay_adapters::LocalDisk;
    use mainstay_services::ports::ObjectStore;

    /// One folder for all cases, as one server would have.
    async fn make_store() -> Option<Arc<dyn ObjectStore>> {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("object-contract");
        Some(Arc::new(LocalDisk::new(root)))
    }

    mainstay_services::object_contract_tests!(make_store());
}
