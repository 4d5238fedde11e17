//! The chain that audit events are sealed in. There is one a database, so the cases work on it
//! side by side: each seals its own events only, and tries again when another was faster.

use std::sync::Arc;

use mainstay_domain::{
    ApiKeyId, AuditEvent, AuditEventId, AuditRecord, ChainHead, ChainPoint, PersonalPart, Seal, UserId,
};
use uuid::Uuid;

use super::fixture::{SharedStore, at, count_true, event_by, hash, long_ago, user_id};
use crate::{Result, UnitOfWork};

/// Lost races before a case gives up.
const TRIES: usize = 200;

/// Oldest first, ties by id.
pub async fn an_event_waits_for_its_seal_in_order_of_time(store: SharedStore) {
    let actor = user_id();
    let mut events = Vec::new();
    for second in [2, 1, 1, 3] {
        let event = AuditEvent {
            at: long_ago(second),
            ..event_by(actor)
        };
        store.read().audit_events().append(&event).await.unwrap();
        events.push((event.at, event.id));
    }
    events.sort();
    let waiting = store.read().audit_chain().unsealed(5_000).await.unwrap();
    let ours = waiting.iter().filter(|record| is_by(record, actor));
    let ids: Vec<AuditEventId> = ours.map(|record| record.id).collect();
    assert_eq!(ids, events.iter().map(|(_, id)| *id).collect::<Vec<_>>());
    assert!(store.read().audit_chain().count_unsealed().await.unwrap() >= 4);
    assert_eq!(store.read().audit_chain().unsealed(2).await.unwrap().len(), 2);
}

/// Every field comes back, and the head with it.
pub async fn a_sealed_event_comes_back_with_its_place_in_the_chain(store: SharedStore) {
    let actor = user_id();
    let mut event = event_by(actor);
    event.subject_id = Some(user_id());
    event.api_key_id = Some(ApiKeyId(Uuid::new_v4()));
    event.detail = Some("ä".repeat(255));
    let record = sealed(&store, &event).await;
    let seq = record.seal.as_ref().unwrap().seq;
    let found = store.read().audit_chain().sealed_after(seq - 1, 1).await.unwrap();
    assert_eq!(found, [record]);
    assert_eq!(found[0].at, event.at.timestamp_micros());
    assert_eq!(found[0].api_key_id, event.api_key_id.map(ApiKeyId::uuid));
    assert_eq!(found[0].kind, event.kind.as_str());
    assert_eq!(found[0].personal.ip.as_deref(), Some("2001:db8::7"));
    let waiting = store.read().audit_chain().unsealed(5_000).await.unwrap();
    assert!(waiting.iter().all(|record| record.id != event.id));
    let head = store.read().audit_chain().head().await.unwrap().unwrap();
    assert!(head.sealed.seq >= seq && head.mac.len() == 32 && head.key_id == [7; 8]);
}

/// Whoever comes second is told.
pub async fn an_event_cannot_be_sealed_a_second_time(store: SharedStore) {
    let mut record = sealed(&store, &event_by(user_id())).await;
    let unit = store.begin().await.unwrap();
    if let Some(seal) = &mut record.seal {
        seal.hash = hash().0.to_vec();
    }
    assert!(!unit.audit_chain().seal(&[record]).await.unwrap());
}

/// One chain, however many replicas work on it.
pub async fn of_concurrent_sealers_exactly_one_moves_the_head(store: SharedStore) {
    for _ in 0..TRIES {
        let head = store.read().audit_chain().head().await.unwrap().unwrap();
        let moved = count_true(8, || advance(Arc::clone(&store), head.clone())).await;
        assert!(moved <= 1, "{moved} moved the head from one place");
        // None if another case moved it meanwhile.
        if moved == 1 {
            return;
        }
    }
    panic!("the head never stood still");
}

async fn advance(store: SharedStore, head: ChainHead) -> Result<bool> {
    let next = moved(&head, head.sealed.clone());
    let unit = store.begin().await?;
    // A deadlock or a lost optimistic transaction is a lost race, too.
    let Ok(true) = unit.audit_chain().advance(&head, &next).await else {
        return Ok(false);
    };
    Ok(unit.commit().await.is_ok())
}

/// Nothing of a dropped unit of work stays.
pub async fn a_seal_that_is_rolled_back_leaves_event_and_head(store: SharedStore) {
    let event = event_by(user_id());
    store.read().audit_events().append(&event).await.unwrap();
    let next = rolled_back_seal(&store, &event).await;
    let waiting = store.read().audit_chain().unsealed(5_000).await.unwrap();
    assert!(waiting.iter().any(|record| record.id == event.id));
    let now = store.read().audit_chain().head().await.unwrap().unwrap();
    assert_ne!(now.mac, next.mac);
}

/// Who, what and when stay; where from and how do not.
pub async fn erasing_takes_the_personal_part_and_leaves_the_rest(store: SharedStore) {
    let user = user_id();
    let done = sealed(&store, &event_by(user)).await;
    let suffered = AuditEvent {
        subject_id: Some(user),
        ..event_by(user_id())
    };
    let other = sealed(&store, &event_by(user_id())).await;
    store.read().audit_events().append(&suffered).await.unwrap();
    let chain = store.read().audit_chain();
    assert_eq!(chain.erase(user, at(0), 1).await.unwrap(), 1, "one at a time");
    assert_eq!(chain.erase(user, at(0), 100).await.unwrap(), 1);
    assert_eq!(chain.erase(user, at(0), 100).await.unwrap(), 0);
    let left = AuditRecord {
        personal: PersonalPart::default(),
        erased: true,
        seal: done.seal.clone().map(|seal| Seal { salt: None, ..seal }),
        ..done
    };
    assert_eq!(record_of(&store, &left).await, left);
    assert_eq!(record_of(&store, &other).await, other);
    let waiting = chain.unsealed(5_000).await.unwrap();
    let waiting = waiting.iter().find(|record| record.id == suffered.id).unwrap();
    assert!(waiting.erased && waiting.personal == PersonalPart::default());
}

/// Else it would be sealed with what it has no more.
pub async fn an_event_erased_since_it_was_read_is_not_sealed(store: SharedStore) {
    let user = user_id();
    let event = event_by(user);
    store.read().audit_events().append(&event).await.unwrap();
    let unit = store.begin().await.unwrap();
    let (_, mut record) = place(&*unit, &event).await;
    drop(unit);
    assert_eq!(store.read().audit_chain().erase(user, at(0), 9).await.unwrap(), 1);
    assert!(!seal_undone(&store, &record).await);
    record.erased = true;
    record.personal = PersonalPart::default();
    if let Some(seal) = &mut record.seal {
        seal.salt = None;
    }
    assert!(seal_undone(&store, &record).await);
}

/// The neighbours stay.
pub async fn pruning_removes_only_the_named_part_of_the_chain(store: SharedStore) {
    let (first, second) = (
        sealed(&store, &event_by(user_id())).await,
        sealed(&store, &event_by(user_id())).await,
    );
    let seq = point_of(&first).seq;
    assert_eq!(store.read().audit_chain().prune(seq - 1, seq).await.unwrap(), 1);
    assert_eq!(store.read().audit_chain().prune(seq - 1, seq).await.unwrap(), 0);
    let left = store.read().audit_chain().sealed_after(seq - 1, 1).await.unwrap();
    assert!(point_of(&left[0]).seq > seq);
    assert_eq!(record_of(&store, &second).await, second);
}

fn is_by(record: &AuditRecord, actor: UserId) -> bool {
    record.actor_id == Some(actor.uuid())
}

fn point_of(record: &AuditRecord) -> ChainPoint {
    let seal = record.seal.as_ref().unwrap();
    ChainPoint {
        seq: seal.seq,
        hash: seal.hash.clone(),
    }
}

/// The head after a move; the hashes of the contract are made up.
fn moved(head: &ChainHead, sealed: ChainPoint) -> ChainHead {
    ChainHead {
        sealed,
        key_id: vec![7; 8],
        mac: hash().0.to_vec(),
        ..head.clone()
    }
}

/// The event with the next place in the chain, and the head before it.
async fn place(unit: &dyn UnitOfWork, event: &AuditEvent) -> (ChainHead, AuditRecord) {
    let head = unit.audit_chain().head().await.unwrap().unwrap();
    let waiting = unit.audit_chain().unsealed(5_000).await.unwrap();
    let found = waiting.into_iter().find(|record| record.id == event.id);
    let seal = Seal {
        seq: head.sealed.seq + 1,
        salt: Some(vec![3; 16]),
        commitment: hash().0.to_vec(),
        hash: hash().0.to_vec(),
    };
    let record = AuditRecord {
        seal: Some(seal),
        ..found.unwrap()
    };
    (head, record)
}

/// Appends and seals an event, however often others come first.
async fn sealed(store: &SharedStore, event: &AuditEvent) -> AuditRecord {
    store.read().audit_events().append(event).await.unwrap();
    for _ in 0..TRIES {
        if let Ok(Some(record)) = try_seal(store, event).await {
            return record;
        }
    }
    panic!("the event could not be sealed");
}

async fn try_seal(store: &SharedStore, event: &AuditEvent) -> Result<Option<AuditRecord>> {
    let unit = store.begin().await?;
    let (head, record) = place(&*unit, event).await;
    if move_and_seal(&*unit, &head, &record).await?.is_none() {
        return Ok(None);
    }
    unit.commit().await?;
    Ok(Some(record))
}

/// The new head, or none if another case moved it first.
async fn move_and_seal(
    unit: &dyn UnitOfWork,
    head: &ChainHead,
    record: &AuditRecord,
) -> Result<Option<ChainHead>> {
    let next = moved(head, point_of(record));
    if !unit.audit_chain().advance(head, &next).await? {
        return Ok(None);
    }
    assert!(unit.audit_chain().seal(std::slice::from_ref(record)).await?);
    Ok(Some(next))
}

/// Seals an event that was appended and drops the unit of work; returns the head that was lost.
async fn rolled_back_seal(store: &SharedStore, event: &AuditEvent) -> ChainHead {
    for _ in 0..TRIES {
        let unit = store.begin().await.unwrap();
        let (head, record) = place(&*unit, event).await;
        if let Ok(Some(next)) = move_and_seal(&*unit, &head, &record).await {
            return next;
        }
    }
    panic!("the event could not be sealed");
}

/// What sealing this record tells, in a unit of work that is dropped. Only another case can make
/// it fail, by a deadlock.
async fn seal_undone(store: &SharedStore, record: &AuditRecord) -> bool {
    for _ in 0..TRIES {
        let unit = store.begin().await.unwrap();
        if let Ok(told) = unit.audit_chain().seal(std::slice::from_ref(record)).await {
            return told;
        }
    }
    panic!("sealing never came to an end");
}

/// The stored record with the same number.
async fn record_of(store: &SharedStore, record: &AuditRecord) -> AuditRecord {
    let chain = store.read().audit_chain();
    let found = chain.sealed_after(point_of(record).seq - 1, 1).await.unwrap();
    found.into_iter().next().unwrap()
}
