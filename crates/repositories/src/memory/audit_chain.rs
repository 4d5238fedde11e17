//! The chain of the audit log in memory.

use async_trait::async_trait;
use mainstay_domain::{
    ApiKeyId, AuditEvent, AuditEventId, AuditRecord, ChainHead, Origin, PersonalPart, Timestamp, UserId,
};

use super::{
    access::{Access, Memory},
    state::State,
};
use crate::{AuditChainRepository, Result};

#[async_trait]
impl<A: Access> AuditChainRepository for Memory<A> {
    async fn head(&self) -> Result<Option<ChainHead>> {
        Ok(self.0.read(|state| state.audit_head.clone()))
    }

    async fn advance(&self, expected: &ChainHead, next: &ChainHead) -> Result<bool> {
        let change = |state: &mut State| {
            let known = state.audit_head.as_ref();
            let unchanged =
                known.is_some_and(|head| head.sealed.seq == expected.sealed.seq && head.mac == expected.mac);
            if unchanged {
                state.audit_head = Some(next.clone());
            }
            Ok(unchanged)
        };
        self.0.write(change).await
    }

    async fn unsealed(&self, limit: u32) -> Result<Vec<AuditRecord>> {
        Ok(self.0.read(|state| {
            let mut waiting = unsealed(state);
            waiting.sort_by_key(|record| (record.at, record.id));
            waiting.truncate(limit as usize);
            waiting
        }))
    }

    async fn count_unsealed(&self) -> Result<u64> {
        Ok(self.0.read(|state| unsealed(state).len() as u64))
    }

    async fn seal(&self, records: &[AuditRecord]) -> Result<bool> {
        self.0.write(|state| Ok(seal(state, records))).await
    }

    async fn sealed_after(&self, seq: i64, limit: u32) -> Result<Vec<AuditRecord>> {
        Ok(self.0.read(|state| {
            let mut sealed: Vec<AuditRecord> = records(state).filter(|record| number(record) > seq).collect();
            sealed.sort_by_key(number);
            sealed.truncate(limit as usize);
            sealed
        }))
    }

    async fn erase(&self, user: UserId, _: Timestamp, limit: u32) -> Result<u64> {
        self.0.write(|state| Ok(erase(state, user, limit))).await
    }

    async fn prune(&self, after: i64, until: i64) -> Result<u64> {
        let change = |state: &mut State| {
            let gone: Vec<AuditEventId> = state
                .audit_seals
                .iter()
                .filter(|(_, seal)| seal.seq > after && seal.seq <= until)
                .map(|(id, _)| *id)
                .collect();
            for id in &gone {
                state.audit_seals.remove(id);
                state.audit_events.remove(id);
                state.audit_erased.remove(id);
            }
            Ok(gone.len() as u64)
        };
        self.0.write(change).await
    }
}

fn records(state: &State) -> impl Iterator<Item = AuditRecord> {
    state.audit_events.values().map(|event| record(state, event))
}

fn unsealed(state: &State) -> Vec<AuditRecord> {
    records(state).filter(|record| record.seal.is_none()).collect()
}

/// 0 for what is not sealed.
fn number(record: &AuditRecord) -> i64 {
    record.seal.as_ref().map_or(0, |seal| seal.seq)
}

fn record(state: &State, event: &AuditEvent) -> AuditRecord {
    AuditRecord {
        id: event.id,
        at: event.at.timestamp_micros(),
        kind: event.kind.as_str().to_owned(),
        actor_id: event.actor_id.map(UserId::uuid),
        api_key_id: event.api_key_id.map(ApiKeyId::uuid),
        subject_id: event.subject_id.map(UserId::uuid),
        personal: PersonalPart {
            ip: event.origin.ip.map(|ip| ip.to_string()),
            user_agent: event.origin.user_agent.clone(),
            request_id: event.origin.request_id.clone(),
            detail: event.detail.clone(),
        },
        erased: state.audit_erased.contains(&event.id),
        seal: state.audit_seals.get(&event.id).cloned(),
    }
}

fn seal(state: &mut State, records: &[AuditRecord]) -> bool {
    let mut all = true;
    for record in records {
        let erased_since = state.audit_erased.contains(&record.id) && !record.erased;
        let waits =
            state.audit_events.contains_key(&record.id) && !state.audit_seals.contains_key(&record.id);
        match &record.seal {
            Some(seal) if waits && !erased_since => {
                state.audit_seals.insert(record.id, seal.clone());
            }
            _ => all = false,
        }
    }
    all
}

fn erase(state: &mut State, user: UserId, limit: u32) -> u64 {
    let erased = &state.audit_erased;
    let theirs = state.audit_events.values_mut().filter(|event| {
        (event.subject_id == Some(user) || event.actor_id == Some(user)) && !erased.contains(&event.id)
    });
    let mut ids = Vec::new();
    for event in theirs.take(limit as usize) {
        event.origin = Origin::default();
        event.detail = None;
        ids.push(event.id);
    }
    for id in &ids {
        if let Some(seal) = state.audit_seals.get_mut(id) {
            seal.salt = None;
        }
    }
    state.audit_erased.extend(&ids);
    ids.len() as u64
}
