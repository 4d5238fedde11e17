//! The chain of the audit log: what it shows, and what may be taken from it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use chrono::{Duration, TimeDelta};
use mainstay_domain::{AuditKind, AuditRecord, ChainPoint, Timestamp, UserId};
use mainstay_services::{
    audit::{AuditChain, ChainError, ChainKey, ChainWalk, Problem, PruneRule, event},
    ports::Clock,
};
use mainstay_testkit::{MemoryStore, TestPorts, origin, user};

fn chain_under(ports: &TestPorts, key: [u8; 32]) -> AuditChain {
    AuditChain::new(
        Arc::clone(&ports.store),
        Arc::clone(&ports.clock) as _,
        Arc::clone(&ports.entropy) as _,
        ChainKey(key),
    )
}

/// A store with `count` events, an hour between them, and a chain over it.
async fn world(count: u32) -> (TestPorts, AuditChain) {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    for _ in 0..count {
        append(&ports, None).await;
        ports.clock.advance(Duration::hours(1));
    }
    let chain = chain_under(&ports, [1; 32]);
    (ports, chain)
}

async fn append(ports: &TestPorts, subject: Option<UserId>) {
    let mut event = event(
        &*ports.entropy,
        ports.clock.now(),
        AuditKind::LoginSucceeded,
        &origin(),
    );
    event.subject_id = subject;
    ports.store.read().audit_events().append(&event).await.unwrap();
}

async fn records(chain: &AuditChain) -> Vec<AuditRecord> {
    chain.export_page(0, Timestamp::MAX_UTC).await.unwrap()
}

async fn problems(chain: &AuditChain, anchors: Vec<ChainPoint>) -> Vec<(i64, Problem)> {
    let report = chain.verify(anchors).await.unwrap();
    let findings = report.findings.into_iter();
    findings.map(|finding| (finding.seq, finding.problem)).collect()
}

/// What a walk along `records` finds, when the chain is said to end with `end`.
fn walked(records: &[AuditRecord], end: &ChainPoint) -> Vec<(i64, Problem)> {
    let mut walk = ChainWalk::after(ChainPoint::origin(), Vec::new());
    for record in records {
        walk.step(record);
    }
    walk.end(end);
    walk.findings
        .into_iter()
        .map(|finding| (finding.seq, finding.problem))
        .collect()
}

/// What somebody with the database at hand does to a record.
type Change = fn(&mut AuditRecord);

#[tokio::test]
async fn events_are_sealed_in_order_of_time_and_the_chain_is_whole() {
    let (ports, chain) = world(3).await;
    assert_eq!(chain.verify(Vec::new()).await.unwrap().unsealed, 3);
    assert_eq!(chain.seal().await.unwrap(), 3);
    assert_eq!(chain.seal().await.unwrap(), 0);
    append(&ports, None).await;
    assert_eq!(chain.seal().await.unwrap(), 1);
    let report = chain.verify(Vec::new()).await.unwrap();
    assert_eq!((report.events, report.unsealed, report.problems), (4, 0, 0));
    let records = records(&chain).await;
    assert!(records.windows(2).all(|pair| pair[0].at < pair[1].at));
    let numbers = records.iter().map(|record| record.seal.as_ref().unwrap().seq);
    assert_eq!(numbers.collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn more_events_than_one_batch_takes_are_sealed_all_the_same() {
    let (_, chain) = world(1_203).await;
    assert_eq!(chain.seal().await.unwrap(), 1_203);
    let report = chain.verify(Vec::new()).await.unwrap();
    assert_eq!((report.events, report.problems), (1_203, 0));
}

#[tokio::test]
async fn of_sealers_that_work_at_once_none_makes_a_second_chain() {
    let (ports, _) = world(700).await;
    let sealers: Vec<_> = (0..8).map(|_| chain_under(&ports, [1; 32])).collect();
    let sealing = sealers
        .into_iter()
        .map(|chain| tokio::spawn(async move { chain.seal().await.unwrap() }));
    for task in sealing.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let chain = chain_under(&ports, [1; 32]);
    chain.seal().await.unwrap();
    let report = chain.verify(Vec::new()).await.unwrap();
    assert_eq!((report.events, report.unsealed, report.problems), (700, 0, 0));
}

#[tokio::test]
async fn every_change_to_an_event_is_noticed_at_its_number() {
    let (_, chain) = world(4).await;
    chain.seal().await.unwrap();
    let (records, end) = (records(&chain).await, chain.head().await.unwrap().sealed);
    assert_eq!(walked(&records, &end), []);
    let changes: [(Change, Problem); 9] = [
        (|record| record.at += 1, Problem::Altered),
        (
            |record| record.kind = "auth.login_failed".to_owned(),
            Problem::Altered,
        ),
        (
            |record| record.actor_id = Some(user("eve@example.com").id.uuid()),
            Problem::Altered,
        ),
        (
            |record| record.api_key_id = Some(user("eve@example.com").id.uuid()),
            Problem::Altered,
        ),
        (
            |record| record.subject_id = Some(user("eve@example.com").id.uuid()),
            Problem::Altered,
        ),
        (|record| record.personal.ip = None, Problem::PersonalPartAltered),
        (
            |record| record.personal.user_agent = Some("x".to_owned()),
            Problem::PersonalPartAltered,
        ),
        (
            |record| record.personal.detail = Some(String::new()),
            Problem::PersonalPartAltered,
        ),
        (|record| record.erased = true, Problem::PersonalPartAltered),
    ];
    for (change, problem) in changes {
        let mut changed = records.clone();
        change(&mut changed[1]);
        assert_eq!(walked(&changed, &end), [(2, problem)]);
    }
}

#[tokio::test]
async fn removed_moved_and_repeated_events_are_noticed() {
    let (_, chain) = world(4).await;
    chain.seal().await.unwrap();
    let (records, end) = (records(&chain).await, chain.head().await.unwrap().sealed);
    let mut removed = records.clone();
    removed.remove(1);
    assert_eq!(walked(&removed, &end), [(2, Problem::Missing { until: 2 })]);
    let mut repeated = records.clone();
    repeated.insert(2, records[1].clone());
    assert_eq!(walked(&repeated, &end), [(2, Problem::Repeated)]);
    assert_eq!(walked(&records[..2], &end), [(3, Problem::Missing { until: 4 })]);
    let mut swapped = records.clone();
    swapped[1].seal = records[2].seal.clone();
    swapped[2].seal = records[1].seal.clone();
    swapped.swap(1, 2);
    assert!(walked(&swapped, &end).contains(&(2, Problem::Altered)));
}

#[tokio::test]
async fn a_head_that_was_written_without_the_key_is_never_built_on() {
    let (ports, chain) = world(2).await;
    chain.seal().await.unwrap();
    let head = ports.store.read().audit_chain().head().await.unwrap().unwrap();
    let mut forged = head.clone();
    forged.sealed.seq = 1;
    assert!(
        ports
            .store
            .read()
            .audit_chain()
            .advance(&head, &forged)
            .await
            .unwrap()
    );
    append(&ports, None).await;
    assert!(matches!(chain.seal().await, Err(ChainError::HeadForged)));
    let found = problems(&chain, Vec::new()).await;
    assert!(found.contains(&(1, Problem::HeadForged)), "{found:?}");
    assert!(found.contains(&(2, Problem::BeyondEnd)), "{found:?}");
}

#[tokio::test]
async fn an_anchor_shows_that_the_end_was_cut_off_together_with_the_head() {
    let (ports, chain) = world(2).await;
    chain.seal().await.unwrap();
    let early = ports.store.read().audit_chain().head().await.unwrap().unwrap();
    append(&ports, None).await;
    chain.seal().await.unwrap();
    let anchor = chain.head().await.unwrap().sealed;
    assert_eq!(
        problems(&chain, vec![anchor.clone(), early.sealed.clone()]).await,
        []
    );
    // Whoever kept an old head can put it back; its authentication is right.
    let data = ports.store.read().audit_chain();
    assert!(data.advance(&chain.head().await.unwrap(), &early).await.unwrap());
    assert_eq!(data.prune(2, 3).await.unwrap(), 1);
    assert_eq!(problems(&chain, Vec::new()).await, []);
    assert_eq!(problems(&chain, vec![anchor]).await, [(3, Problem::AnchorMissed)]);
    let wrong = ChainPoint {
        seq: 1,
        hash: vec![9; 32],
    };
    assert_eq!(problems(&chain, vec![wrong]).await, [(1, Problem::AnchorMissed)]);
}

#[tokio::test]
async fn under_another_key_nothing_is_sealed_until_somebody_says_so() {
    let (ports, chain) = world(2).await;
    chain.seal().await.unwrap();
    append(&ports, None).await;
    let other = chain_under(&ports, [2; 32]);
    assert!(matches!(other.seal().await, Err(ChainError::OtherKey)));
    assert_eq!(problems(&other, Vec::new()).await, [(2, Problem::OtherKey)]);
    assert!(other.reseal().await.unwrap());
    assert!(!other.reseal().await.unwrap());
    other.seal().await.unwrap();
    assert_eq!(problems(&other, Vec::new()).await, []);
    let kinds = records(&other).await.into_iter().map(|record| record.kind);
    assert!(kinds.collect::<Vec<_>>().contains(&"audit.resealed".to_owned()));
}

#[tokio::test]
async fn after_pruning_the_rest_of_the_chain_is_still_whole() {
    let (ports, chain) = world(5).await;
    chain.seal().await.unwrap();
    let now = ports.clock.now();
    let old = PruneRule {
        before: now - TimeDelta::hours(2),
        only_exported: false,
    };
    assert_eq!(chain.prune(old).await.unwrap(), 3);
    assert_eq!(chain.prune(old).await.unwrap(), 0);
    chain.seal().await.unwrap();
    let report = chain.verify(Vec::new()).await.unwrap();
    assert_eq!((report.problems, report.pruned, report.events), (0, 3, 3));
    // Removing one more without the key is noticed.
    assert_eq!(ports.store.read().audit_chain().prune(3, 4).await.unwrap(), 1);
    assert_eq!(
        problems(&chain, Vec::new()).await,
        [(4, Problem::Missing { until: 4 })]
    );
}

#[tokio::test]
async fn where_an_export_is_asked_for_only_exported_events_are_pruned() {
    let (ports, chain) = world(4).await;
    chain.seal().await.unwrap();
    let rule = PruneRule {
        before: ports.clock.now(),
        only_exported: true,
    };
    assert_eq!(chain.prune(rule).await.unwrap(), 0);
    chain.mark_exported(2).await.unwrap();
    chain.mark_exported(1).await.unwrap();
    chain.mark_exported(99).await.unwrap();
    assert_eq!(chain.head().await.unwrap().exported, 2);
    assert_eq!(chain.prune(rule).await.unwrap(), 2);
    assert_eq!(problems(&chain, Vec::new()).await, []);
    chain.seal().await.unwrap();
    let kinds: Vec<String> = records(&chain)
        .await
        .into_iter()
        .map(|record| record.kind)
        .collect();
    assert!(
        kinds.ends_with(&["audit.exported".to_owned(), "audit.pruned".to_owned()]),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn an_export_ends_before_the_first_event_that_is_too_new() {
    let (ports, chain) = world(3).await;
    chain.seal().await.unwrap();
    let until = ports.clock.now() - TimeDelta::hours(1);
    assert_eq!(chain.export_page(0, until).await.unwrap().len(), 2);
    assert_eq!(chain.export_page(2, until).await.unwrap().len(), 0);
}

#[tokio::test]
async fn erasing_without_a_purge_is_noticed_and_with_one_it_is_not() {
    let (ports, chain) = world(0).await;
    let ada = user("ada@example.com").id;
    append(&ports, Some(ada)).await;
    chain.seal().await.unwrap();
    let data = ports.store.read();
    data.audit_chain().erase(ada, ports.clock.now(), 9).await.unwrap();
    assert_eq!(
        problems(&chain, Vec::new()).await,
        [(1, Problem::ErasedWithoutPurge)]
    );
    let mut purged = event(
        &*ports.entropy,
        ports.clock.now(),
        AuditKind::UserPurged,
        &origin(),
    );
    purged.subject_id = Some(ada);
    data.audit_events().append(&purged).await.unwrap();
    chain.seal().await.unwrap();
    let report = chain.verify(Vec::new()).await.unwrap();
    assert_eq!((report.problems, report.erased, report.events), (0, 1, 2));
}
