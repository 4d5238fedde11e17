//! Handing over everything that is held about the caller.

use std::time::Duration;

use mainstay_domain::{
    AuditEvent, AuditKind, MAX_PAGE_LIMIT, Origin, PageRequest, Position, Principal, ThrottleDecision,
    ThrottlePolicy, UserId,
};
use serde_json::Value;

use super::{PrivacyError, PrivacyService};
use crate::audit::event;

/// Losing the race for the counter this often means that many exports are asked for at once.
const MAX_RACES: usize = 5;

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
            self.count(user, policy).await?;
        }
        let event = AuditEvent {
            actor_id: Some(user),
            subject_id: Some(user),
            ..event(&*self.entropy, self.clock.now(), AuditKind::UserExported, origin)
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

    async fn count(&self, user: UserId, policy: &ThrottlePolicy) -> Result<(), PrivacyError> {
        let key = export_key(user);
        let throttles = self.store.read().throttles();
        for _ in 0..MAX_RACES {
            let before = throttles.find(&key).await?;
            match policy.decide(before, self.clock.now()) {
                ThrottleDecision::Deny(wait) => return Err(throttled(wait)),
                ThrottleDecision::Allow(next) => {
                    if throttles.advance(&key, before, &next).await? {
                        return Ok(());
                    }
                }
            }
        }
        Err(throttled(policy.base_delay))
    }
}

/// The counter of an account's exports.
pub(super) fn export_key(user: UserId) -> String {
    format!("export:{user}")
}

fn throttled(wait: chrono::Duration) -> PrivacyError {
    // Whole seconds, rounded up: that is what Retry-After can say.
    let seconds = wait.num_milliseconds().max(1).unsigned_abs().div_ceil(1000);
    PrivacyError::Throttled {
        retry_after: Duration::from_secs(seconds),
    }
}
