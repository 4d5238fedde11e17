//! Whether the database has the expected shape.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;

/// How long an answer is good for: probes come every few seconds from several places.
const FRESH: Duration = Duration::from_secs(5);

/// Knows about migrations.
#[async_trait]
pub trait MigrationStatus: Send + Sync {
    /// How many migrations have not been applied.
    ///
    /// # Errors
    /// A text for the log.
    async fn pending(&self) -> Result<u32, String>;
}

/// Asks once in a while.
pub(super) struct MigrationCache {
    source: Arc<dyn MigrationStatus>,
    last: Mutex<Option<(Instant, u32)>>,
}

impl MigrationCache {
    pub(super) fn new(source: Arc<dyn MigrationStatus>) -> Self {
        Self {
            source,
            last: Mutex::new(None),
        }
    }

    /// The number of pending migrations, a few seconds old at most.
    pub(super) async fn pending(&self) -> Result<u32, String> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, pending)) = last
            && at.elapsed() < FRESH
        {
            return Ok(pending);
        }
        let pending = self.source.pending().await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), pending));
        Ok(pending)
    }
}
