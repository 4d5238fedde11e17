//! Removing accounts whose grace period has ended, and all personal data with them.

use chrono::TimeDelta;
use mainstay_domain::{
    AuditEvent, AuditKind, AuditQuery, Email, Origin, PageRequest, Timestamp, User, UserId, Username,
};

use super::{PrivacyService, export::export_key};
use crate::{Failure, audit::event, auth::account_keys, users::avatar_key};

/// Accounts looked at in one go.
const BATCH: u32 = 100;
/// Audit events erased by one statement.
const EVENTS: u32 = 1_000;
/// Answers to creating requests are repeated for a day and may hold a name or an address; an
/// account goes when they are gone.
const ANSWERS_REPEATED: TimeDelta = TimeDelta::hours(25);
/// How long an event that was under way when its person was purged may take to arrive.
const STRAGGLERS: TimeDelta = TimeDelta::hours(48);

impl PrivacyService {
    /// Removes deleted accounts whose grace period had ended at `now`. Of the audit log the
    /// skeleton stays: who, what and when, but not from where. Returns how many went.
    ///
    /// # Errors
    /// `Failure`; accounts that could be removed are.
    #[tracing::instrument(name = "privacy.purge", skip_all)]
    pub async fn purge(&self, now: Timestamp) -> Result<u64, Failure> {
        let before = now - self.settings.deletion_grace.max(ANSWERS_REPEATED);
        let mut purged = 0;
        loop {
            let due = self.store.read().users().list_deleted(before, BATCH).await?;
            let before_this_batch = purged;
            let mut failed = None;
            for user in &due {
                match self.purge_user(user, before, now).await {
                    Ok(gone) => purged += u64::from(gone),
                    Err(error) => failed = Some(error),
                }
            }
            if let Some(error) = failed {
                return Err(error);
            }
            if due.len() < BATCH as usize || purged == before_this_batch {
                break;
            }
        }
        self.erase_stragglers(now).await?;
        Ok(purged)
    }

    /// Tells whether the account still was to go.
    async fn purge_user(&self, user: &User, before: Timestamp, now: Timestamp) -> Result<bool, Failure> {
        for section in self.sections() {
            section.erase(user.id).await?;
        }
        let counters = self.counters(user).await?;
        let event = AuditEvent {
            subject_id: Some(user.id),
            ..event(&*self.entropy, now, AuditKind::UserPurged, &Origin::default())
        };
        let unit = self.store.begin().await?;
        if !unit.users().purge(user.id, before).await? {
            return Ok(false);
        }
        unit.audit_chain().erase(user.id, now, EVENTS).await?;
        for key in counters {
            unit.throttles().clear(&key).await?;
        }
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        self.erase_events(user.id, now).await?;
        Ok(true)
    }

    /// The counters of tries that are named after the account and where it was used.
    async fn counters(&self, user: &User) -> Result<Vec<String>, Failure> {
        let page = PageRequest {
            limit: BATCH,
            ..PageRequest::default()
        };
        let sessions = self.store.read().sessions().list_all(user.id, &page).await?;
        let origins: Vec<Origin> = sessions.items.into_iter().map(|session| session.origin).collect();
        let username = user.username.as_ref().map(Username::as_str);
        let names = std::iter::once(Email::as_str(&user.email)).chain(username);
        let mut keys = account_keys(names, &origins);
        keys.push(export_key(user.id));
        keys.push(avatar_key(user.id));
        Ok(keys)
    }

    async fn erase_events(&self, user: UserId, now: Timestamp) -> Result<(), Failure> {
        while self.store.read().audit_chain().erase(user, now, EVENTS).await? > 0 {}
        Ok(())
    }

    /// Erases what arrived after the purge, and what a process that died left behind.
    async fn erase_stragglers(&self, now: Timestamp) -> Result<(), Failure> {
        let mut query = AuditQuery {
            kind: Some(AuditKind::UserPurged),
            since: Some(now - STRAGGLERS),
            ..AuditQuery::default()
        };
        loop {
            let page = self.store.read().audit_events().list(&query).await?;
            for user in page.items.iter().filter_map(|event| event.subject_id) {
                self.erase_events(user, now).await?;
            }
            if page.next.is_none() {
                return Ok(());
            }
            query.page.after = page.next;
        }
    }
}
