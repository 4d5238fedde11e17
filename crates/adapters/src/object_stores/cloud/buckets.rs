//! Making and removing buckets at a remote store.

use async_trait::async_trait;
use mainstay_services::ports::ObjectError;

/// Makes and removes buckets at a remote store.
#[async_trait]
pub(in super::super) trait RemoteBuckets: Send + Sync {
    /// Makes a private bucket; one of ours that is there is left as it is.
    async fn create(&self, name: &str) -> Result<(), ObjectError>;

    /// Removes an empty bucket; one that is not there is no error.
    async fn delete(&self, name: &str) -> Result<(), ObjectError>;

    /// Whether buckets could be made now; a text for the log if not. `name` is none of ours.
    async fn check(&self, name: &str) -> Result<(), String>;
}
