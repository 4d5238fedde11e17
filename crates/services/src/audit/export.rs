//! Taking a part of the chain out of the database.

use mainstay_domain::{AuditKind, AuditRecord, ChainHead, Timestamp};

use super::{AuditChain, ChainError};

/// Events read at a time.
const PAGE: u32 = 500;

impl AuditChain {
    /// The next events after number `after`, up to the first that happened at or after
    /// `until`. Empty at the end.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn export_page(&self, after: i64, until: Timestamp) -> Result<Vec<AuditRecord>, ChainError> {
        let mut page = self.store.read().audit_chain().sealed_after(after, PAGE).await?;
        let past = |record: &AuditRecord| record.at >= until.timestamp_micros();
        page.truncate(page.iter().position(past).unwrap_or(page.len()));
        Ok(page)
    }

    /// Notes that everything up to number `until` lies safely elsewhere; only that may be
    /// pruned where an export is asked for.
    ///
    /// # Errors
    /// `HeadMissing`, `HeadForged`, `OtherKey`, `Busy`, `Failure`.
    pub async fn mark_exported(&self, until: i64) -> Result<(), ChainError> {
        let event = self.event(AuditKind::AuditExported, format!("up to {until}"));
        let change = |head: ChainHead| {
            let further = until > head.exported && until <= head.sealed.seq;
            further.then_some(ChainHead {
                exported: until,
                ..head
            })
        };
        self.move_head(change, &event).await?;
        Ok(())
    }
}
