//! Checking the chain from one end to the other.

use std::collections::HashSet;

use mainstay_domain::{AuditKind, AuditQuery, AuditRecord, ChainHead, ChainPoint, PageRequest, UserId};
use uuid::Uuid;

use super::{AuditChain, ChainError, ChainWalk, Finding, Problem, chain_key::HeadJudgement};

/// Events read at a time.
const PAGE: u32 = 500;
/// Purged users to remember while checking.
const REMEMBERED: usize = 10_000;

/// What a check of the chain has found.
#[derive(Debug)]
pub struct ChainReport {
    /// How far the chain reaches.
    pub end: ChainPoint,
    /// The last event that was removed after its retention.
    pub pruned: i64,
    /// Events checked.
    pub events: u64,
    /// Of them, those whose personal part was erased.
    pub erased: u64,
    /// Events that wait for their place in the chain.
    pub unsealed: u64,
    /// When the oldest of them happened, in microseconds since 1970.
    pub oldest_unsealed: Option<i64>,
    /// The first of what is wrong.
    pub findings: Vec<Finding>,
    /// How much is wrong in all.
    pub problems: u64,
}

impl AuditChain {
    /// Walks the whole chain, and says what is wrong with it. `anchors` are places that were
    /// noted elsewhere: without them nobody can tell a chain whose end was cut off, head
    /// included, from one that never was longer.
    ///
    /// # Errors
    /// `Failure`.
    #[tracing::instrument(name = "audit.verify", skip_all)]
    pub async fn verify(&self, anchors: Vec<ChainPoint>) -> Result<ChainReport, ChainError> {
        let chain = self.store.read().audit_chain();
        let unsealed = chain.count_unsealed().await?;
        let oldest = chain.unsealed(1).await?.first().map(|record| record.at);
        let found = chain.head().await?;
        let head = found.clone().unwrap_or_else(ChainHead::origin);
        let mut walk = ChainWalk::after(head.pruned.clone(), anchors);
        self.judge_head(found.as_ref(), &mut walk);
        self.walk_to(&head, &mut walk).await?;
        walk.end(&head.sealed);
        self.look_beyond(&mut walk).await?;
        Ok(ChainReport {
            end: head.sealed,
            pruned: head.pruned.seq,
            events: walk.events,
            erased: walk.erased,
            unsealed,
            oldest_unsealed: oldest,
            findings: walk.findings,
            problems: walk.problems,
        })
    }

    fn judge_head(&self, head: Option<&ChainHead>, walk: &mut ChainWalk) {
        let Some(head) = head else {
            return walk.complain(0, Problem::HeadMissing);
        };
        match self.key.judge(head) {
            HeadJudgement::Origin | HeadJudgement::Ours => {}
            HeadJudgement::OtherKey => walk.complain(head.sealed.seq, Problem::OtherKey),
            HeadJudgement::Forged => walk.complain(head.sealed.seq, Problem::HeadForged),
        }
    }

    async fn walk_to(&self, head: &ChainHead, walk: &mut ChainWalk) -> Result<(), ChainError> {
        let mut purged = HashSet::new();
        let mut after = walk.at().seq;
        loop {
            let page = self.store.read().audit_chain().sealed_after(after, PAGE).await?;
            self.skip_pruned(&page, walk).await?;
            let known = page.iter().filter(|record| number(record) <= head.sealed.seq);
            for record in known {
                walk.step(record);
                if record.erased && !self.is_explained(record, &mut purged).await? {
                    walk.complain(number(record), Problem::ErasedWithoutPurge);
                }
            }
            match page.last().map(number) {
                Some(last) if last < head.sealed.seq => after = last,
                _ => return Ok(()),
            }
        }
    }

    /// What is missing may have been removed in order since the walk began.
    async fn skip_pruned(&self, page: &[AuditRecord], walk: &mut ChainWalk) -> Result<(), ChainError> {
        let gap = page.first().is_none_or(|first| number(first) > walk.at().seq + 1);
        if gap && let Some(head) = self.store.read().audit_chain().head().await? {
            let follows = page.first().is_none_or(|first| number(first) > head.pruned.seq);
            if head.pruned.seq > walk.at().seq && follows {
                walk.skip_to(head.pruned);
            }
        }
        Ok(())
    }

    /// Whether one of the persons was purged, as the chain tells.
    async fn is_explained(
        &self,
        record: &AuditRecord,
        purged: &mut HashSet<Uuid>,
    ) -> Result<bool, ChainError> {
        for id in [record.subject_id, record.actor_id].into_iter().flatten() {
            if purged.contains(&id) || self.was_purged(id).await? {
                if purged.len() >= REMEMBERED {
                    purged.clear();
                }
                purged.insert(id);
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn was_purged(&self, id: Uuid) -> Result<bool, ChainError> {
        let query = AuditQuery {
            kind: Some(AuditKind::UserPurged),
            subject_id: Some(UserId(id)),
            page: PageRequest {
                limit: 1,
                ..PageRequest::default()
            },
            ..AuditQuery::default()
        };
        let page = self.store.read().audit_events().list(&query).await?;
        Ok(!page.items.is_empty())
    }

    /// Rows first, the head after them: what was sealed in order in between is within it.
    async fn look_beyond(&self, walk: &mut ChainWalk) -> Result<(), ChainError> {
        let chain = self.store.read().audit_chain();
        let beyond = chain.sealed_after(walk.at().seq, PAGE).await?;
        let end = chain.head().await?.map_or(0, |head| head.sealed.seq);
        if let Some(record) = beyond.iter().find(|record| number(record) > end) {
            walk.complain(number(record), Problem::BeyondEnd);
        }
        Ok(())
    }
}

fn number(record: &AuditRecord) -> i64 {
    record.seal.as_ref().map_or(0, |seal| seal.seq)
}
