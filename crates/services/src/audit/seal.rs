//! Giving events their places in the chain.

use mainstay_domain::{AuditKind, AuditRecord, ChainHead, ChainPoint};

use super::{AuditChain, ChainError, chain_hash, chain_key::HeadJudgement};

/// Events sealed in one unit of work.
const BATCH: u32 = 500;

impl AuditChain {
    /// Seals every event that waits. Returns how many; none also if another replica is at it.
    ///
    /// # Errors
    /// `HeadMissing`, `HeadForged`, `OtherKey`, `Failure`.
    pub async fn seal(&self) -> Result<u64, ChainError> {
        let mut total = 0;
        loop {
            let waiting = self.store.read().audit_chain().unsealed(BATCH).await?;
            let count = waiting.len() as u64;
            if count == 0 || !self.seal_batch(waiting).await? {
                return Ok(total);
            }
            total += count;
            if count < u64::from(BATCH) {
                return Ok(total);
            }
        }
    }

    /// Hashing comes first; the unit of work is short. Tells whether nobody else was faster.
    async fn seal_batch(&self, waiting: Vec<AuditRecord>) -> Result<bool, ChainError> {
        let head = self.head().await?;
        let mut last = head.sealed.clone();
        let mut sealed = Vec::with_capacity(waiting.len());
        for record in waiting {
            let salt = self.entropy.secret();
            let record = chain_hash::seal(record, &last, &salt[..16]);
            if let Some(seal) = &record.seal {
                last = ChainPoint {
                    seq: seal.seq,
                    hash: seal.hash.clone(),
                };
            }
            sealed.push(record);
        }
        let next = self.key.signed(ChainHead {
            sealed: last,
            ..head.clone()
        });
        let unit = self.store.begin().await?;
        if !unit.audit_chain().advance(&head, &next).await? || !unit.audit_chain().seal(&sealed).await? {
            return Ok(false);
        }
        unit.commit().await?;
        Ok(true)
    }

    /// Authenticates the head with the key of now; for whoever changed `SECRET_KEY` and has
    /// checked the chain. Tells whether there was anything to do.
    ///
    /// # Errors
    /// `HeadMissing`, `Busy`, `Failure`.
    pub async fn reseal(&self) -> Result<bool, ChainError> {
        let head = self.store.read().audit_chain().head().await?;
        let head = head.ok_or(ChainError::HeadMissing)?;
        match self.key.judge(&head) {
            HeadJudgement::Origin | HeadJudgement::Ours => return Ok(false),
            HeadJudgement::OtherKey | HeadJudgement::Forged => {}
        }
        let detail = format!("at {}", head.sealed.seq);
        let unit = self.store.begin().await?;
        let next = self.key.signed(head.clone());
        if !unit.audit_chain().advance(&head, &next).await? {
            return Err(ChainError::Busy);
        }
        let event = self.event(AuditKind::AuditResealed, detail);
        unit.audit_events().append(&event).await?;
        unit.commit().await?;
        Ok(true)
    }
}
