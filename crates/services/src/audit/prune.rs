//! Removing events whose retention has ended.

use mainstay_domain::{AuditKind, ChainHead, ChainPoint, Timestamp};

use super::{AuditChain, ChainError};

/// Events removed in one unit of work.
const BATCH: u32 = 500;

/// Which events may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PruneRule {
    /// Only those that happened before this time.
    pub before: Timestamp,
    /// Only those that were exported.
    pub only_exported: bool,
}

impl AuditChain {
    /// Removes events from the beginning of the chain. It stays verifiable: the head remembers
    /// the number and the hash of the last one that went. Returns how many went.
    ///
    /// # Errors
    /// `HeadMissing`, `HeadForged`, `OtherKey`, `Failure`.
    #[tracing::instrument(name = "audit.prune", skip_all)]
    pub async fn prune(&self, rule: PruneRule) -> Result<u64, ChainError> {
        let mut total = 0;
        loop {
            let head = self.head().await?;
            let Some(point) = self.last_prunable(&head, rule).await? else {
                break;
            };
            if let Some(removed) = self.prune_to(&head, point).await? {
                total += removed;
            }
        }
        if total > 0 {
            let detail = format!("{total} events from before {}", rule.before.date_naive());
            let event = self.event(AuditKind::AuditPruned, detail);
            self.store.read().audit_events().append(&event).await?;
        }
        Ok(total)
    }

    /// The last event of the next batch that may go; the first that may not ends it.
    async fn last_prunable(
        &self,
        head: &ChainHead,
        rule: PruneRule,
    ) -> Result<Option<ChainPoint>, ChainError> {
        let chain = self.store.read().audit_chain();
        let page = chain.sealed_after(head.pruned.seq, BATCH).await?;
        let old = page
            .into_iter()
            .take_while(|record| record.at < rule.before.timestamp_micros());
        let points = old.filter_map(|record| record.seal).map(|seal| ChainPoint {
            seq: seal.seq,
            hash: seal.hash,
        });
        let may_go = |point: &ChainPoint| {
            point.seq <= head.sealed.seq && (!rule.only_exported || point.seq <= head.exported)
        };
        Ok(points.take_while(may_go).last())
    }

    /// How many went; none if the head was moved meanwhile.
    async fn prune_to(&self, head: &ChainHead, point: ChainPoint) -> Result<Option<u64>, ChainError> {
        let (after, until) = (head.pruned.seq, point.seq);
        let next = self.key.signed(ChainHead {
            pruned: point,
            ..head.clone()
        });
        let unit = self.store.begin().await?;
        if !unit.audit_chain().advance(head, &next).await? {
            return Ok(None);
        }
        let removed = unit.audit_chain().prune(after, until).await?;
        unit.commit().await?;
        Ok(Some(removed))
    }
}
