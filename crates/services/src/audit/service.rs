//! Reading the audit log.

use std::sync::Arc;

use mainstay_domain::{AuditEvent, AuditQuery, Page, Principal};
use mainstay_repositories::{RepositoryError, Store};

use crate::Failure;

/// Why the audit log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for AuditError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}

/// Reads the audit log.
pub struct AuditService {
    store: Arc<dyn Store>,
}

impl AuditService {
    /// A service over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Events of everybody; asks for the permission `audit:read`.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "audit.list", skip_all)]
    pub async fn list(&self, query: &AuditQuery) -> Result<Page<AuditEvent>, AuditError> {
        Ok(self.store.read().audit_events().list(query).await?)
    }

    /// What happened to the caller's own account.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "audit.list_own", skip_all)]
    pub async fn list_own(
        &self,
        caller: &Principal,
        query: &AuditQuery,
    ) -> Result<Page<AuditEvent>, AuditError> {
        let own = AuditQuery {
            subject_id: Some(caller.user.id),
            ..query.clone()
        };
        self.list(&own).await
    }
}
