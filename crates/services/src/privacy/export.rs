//! Handing over everything that is held about the caller.

use mainstay_domain::{
    AuditEvent, AuditKind, MAX_PAGE_LIMIT, Origin, PageRequest, Position, Principal, UserId,
};
use serde_json::Value;

use super::{PrivacyError, PrivacyService};
use crate::{audit::event, pace};

/// A part of an export.
#[derive(Debug)]
pub struct ExportPage {
    /// Which section it belongs to.
    pub section: &'static str,
    /// What is held.
    pub items: Vec<Value>,
    /// Where the section goes on; none if this was its end.
    pub next: Option<Position>,
}

impl PrivacyService {
    /// Begins an export: counts it, and notes it in the audit log. The names of the sections
    /// are to be fetched with [`PrivacyService::export_page`], in this order.
    ///
    /// # Errors
    /// `Throttled`, `Failure`.
    #[tracing::instrument(name = "privacy.begin_export", skip_all)]
    pub async fn begin_export(
        &self,
        caller: &Principal,
        origin: &Origin,
    ) -> Result<Vec<&'static str>, PrivacyError> {
        let user = caller.user.id;
        if let Some(policy) = &self.settings.exports {
            let wait = pace::count(&*self.store, &*self.clock, &export_key(user), policy).await?;
            if let Some(retry_after) = wait {
                return Err(PrivacyError::Throttled { retry_after });
            }
        }
        let event = AuditEvent {
            subject_id: Some(user),
            ..event(&*self.entropy, self.clock.now(), AuditKind::UserExported, origin).by(caller)
        };
        self.store.read().audit_events().append(&event).await?;
        Ok(self.sections().map(|section| section.section()).collect())
    }

    /// A page of a section.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn export_page(
        &self,
        user: UserId,
        section: &'static str,
        after: Option<Position>,
    ) -> Result<ExportPage, PrivacyError> {
        let page = PageRequest {
            limit: MAX_PAGE_LIMIT,
            after,
            ..PageRequest::default()
        };
        let found = self.sections().find(|known| known.section() == section);
        let Some(found) = found else {
            return Ok(ExportPage {
                section,
                items: Vec::new(),
                next: None,
            });
        };
        let page = found.export(user, &page).await?;
        Ok(ExportPage {
            section,
            items: page.items,
            next: page.next,
        })
    }
}

/// The counter of an account's exports.
pub(super) fn export_key(user: UserId) -> String {
    format!("export:{user}")
}
