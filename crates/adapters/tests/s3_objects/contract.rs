//! The contract of all object stores.

/// Each of our buckets is a bucket of the server.
mod own_buckets {
    use std::sync::Arc;

    use mainstay_services::ports::ObjectStore;

    use crate::server::{S3Server, store};

    async fn make_store() -> Option<Arc<dyn ObjectStore>> {
        Some(store(S3Server::start().await.own_buckets()))
    }

    mainstay_services::object_contract_tests!(make_store());
}

/// Each of our buckets is a prefix.
mod prefixes {
    use std::sync::Arc;

    use mainstay_services::ports::ObjectStore;

    use crate::server::{S3Server, store};

    async fn make_store() -> Option<Arc<dyn ObjectStore>> {
        Some(store(S3Server::start().await.prefixes()))
    }

    mainstay_services::object_contract_tests!(make_store());
}
