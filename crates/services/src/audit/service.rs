//! Reading the audit log.

use std::sync::Arc;

use mainstay_domain::{AuditEvent, AuditKind, AuditQuery, InvalidValue, Page, Principal};
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
    kinds: Vec<AuditKind>,
}

impl AuditService {
    /// A service over `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            kinds: AuditKind::ALL.to_vec(),
        }
    }

    /// Knows the kinds of a product, too.
    #[must_use]
    pub fn with_kinds(mut self, product: impl IntoIterator<Item = AuditKind>) -> Self {
        self.kinds.extend(product);
        self
    }

    /// The kind of this name.
    ///
    /// # Errors
    /// `InvalidValue` with code `INVALID_AUDIT_KIND` for a name that neither Mainstay nor the
    /// product has.
    pub fn kind(&self, name: &str) -> Result<AuditKind, InvalidValue> {
        let known = self.kinds.iter().copied().find(|kind| kind.as_str() == name);
        known.map_or_else(
            || {
                Err(InvalidValue::new(
                    "INVALID_AUDIT_KIND",
                    "must be a known kind of event",
                ))
            },
            Ok,
        )
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
