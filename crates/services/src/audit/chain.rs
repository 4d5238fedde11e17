//! The chain of the audit log and what its use cases share.

use std::sync::Arc;

use mainstay_domain::{AuditEvent, AuditKind, ChainHead, Origin};
use mainstay_repositories::{RepositoryError, Store};

use super::{ChainKey, chain_key::HeadJudgement, event};
use crate::{
    Failure,
    ports::{Clock, Entropy},
};

/// Lost races before giving up: the head is moved by sealers every second, and by nobody else
/// for long.
const MAX_RACES: usize = 20;

/// Why something about the chain was not done.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The row that tells how far the chain reaches is gone.
    #[error("the head of the audit log's chain is gone from the database")]
    HeadMissing,
    /// The head was not written by this server.
    #[error("the head of the audit log's chain was changed by somebody who does not hold the key")]
    HeadForged,
    /// The secret key is not the one that the chain was sealed with.
    #[error(
        "the audit log's chain was sealed under another SECRET_KEY; \
         `mainstay audit reseal` checks it and goes on under this one"
    )]
    OtherKey,
    /// Others changed the chain all the time.
    #[error("others changed the chain all the time")]
    Busy,
    /// Something below did not work.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<RepositoryError> for ChainError {
    fn from(error: RepositoryError) -> Self {
        Self::Failure(error.into())
    }
}

/// Seals, checks, exports and prunes the audit log.
///
/// Requests append events and pay nothing for the chain. Shortly after, one of the replicas
/// gives them their places, in order of time; an event that was committed late gets a later
/// place. `docs/adr/0016-audit-chain.md` tells why.
pub struct AuditChain {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) key: ChainKey,
}

impl AuditChain {
    /// The chain in `store`, authenticated with `key`.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        key: ChainKey,
    ) -> Self {
        Self {
            store,
            clock,
            entropy,
            key,
        }
    }

    /// The key that authenticates it.
    #[must_use]
    pub fn key(&self) -> &ChainKey {
        &self.key
    }

    /// How far the chain reaches, if this server can vouch for it.
    ///
    /// # Errors
    /// `HeadMissing`, `HeadForged`, `OtherKey`, `Failure`.
    pub async fn head(&self) -> Result<ChainHead, ChainError> {
        let head = self.store.read().audit_chain().head().await?;
        let head = head.ok_or(ChainError::HeadMissing)?;
        match self.key.judge(&head) {
            HeadJudgement::Origin | HeadJudgement::Ours => Ok(head),
            HeadJudgement::OtherKey => Err(ChainError::OtherKey),
            HeadJudgement::Forged => Err(ChainError::HeadForged),
        }
    }

    /// Changes the head and says so in the log, unless `change` finds nothing to do.
    pub(super) async fn move_head(
        &self,
        change: impl Fn(ChainHead) -> Option<ChainHead> + Send + Sync,
        event: &AuditEvent,
    ) -> Result<bool, ChainError> {
        for _ in 0..MAX_RACES {
            let head = self.head().await?;
            let Some(next) = change(head.clone()) else {
                return Ok(false);
            };
            let unit = self.store.begin().await?;
            if unit.audit_chain().advance(&head, &self.key.signed(next)).await? {
                unit.audit_events().append(event).await?;
                unit.commit().await?;
                return Ok(true);
            }
        }
        Err(ChainError::Busy)
    }

    /// An event that nobody in particular caused.
    pub(super) fn event(&self, kind: AuditKind, detail: String) -> AuditEvent {
        AuditEvent {
            detail: Some(detail),
            ..event(&*self.entropy, self.clock.now(), kind, &Origin::default())
        }
    }
}
