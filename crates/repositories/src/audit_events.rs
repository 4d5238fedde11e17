//! The audit log.

use async_trait::async_trait;
use mainstay_domain::{AuditEvent, AuditQuery, Page};

use crate::Result;

/// Security events; they can be added and read, never changed.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AuditEventRepository: Send + Sync {
    /// Adds an event.
    async fn append(&self, event: &AuditEvent) -> Result<()>;

    /// A page of events, newest first. Positions are `SortValue::Micros(at)` and the id.
    async fn list(&self, query: &AuditQuery) -> Result<Page<AuditEvent>>;
}
