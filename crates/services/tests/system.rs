//! What a process logs, without a process.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::{sync::Arc, time::Duration};

use mainstay_domain::AuditQuery;
use mainstay_repositories::Store;
use mainstay_services::{
    ports::Clock,
    system::{LONGEST_CHANGE, NewLogLevel, SystemError, SystemService},
};
use mainstay_testkit::{MemoryStore, MockLogLevels, TestPorts, admin_principal, origin};

fn service(ports: &TestPorts) -> SystemService {
    SystemService::new(
        Arc::clone(&ports.store),
        Arc::clone(&ports.clock) as Arc<dyn Clock>,
        Arc::clone(&ports.entropy) as _,
    )
}

fn new(lasts: Duration) -> NewLogLevel {
    NewLogLevel {
        level: "debug".to_owned(),
        lasts,
    }
}

async fn audited(store: &dyn Store) -> usize {
    let events = store.read().audit_events().list(&AuditQuery::default()).await;
    events.unwrap().items.len()
}

#[tokio::test]
async fn a_process_whose_log_lines_are_somebody_elses_refuses_to_change_them() {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    let system = service(&ports);
    assert!(matches!(system.log_level(), Err(SystemError::ForeignLogs)));
    let (actor, origin) = (admin_principal(), origin());
    let changed = system.set_log_level(&actor, new(LONGEST_CHANGE), &origin).await;
    assert!(matches!(changed, Err(SystemError::ForeignLogs)));
    assert_eq!(audited(&*ports.store).await, 0);
}

#[tokio::test]
async fn what_is_no_level_is_neither_applied_nor_noted_in_the_audit_log() {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    let mut levels = MockLogLevels::new();
    levels.expect_accepts().return_const(false);
    let system = service(&ports).with_log_levels(Some(Arc::new(levels)));
    let (actor, origin) = (admin_principal(), origin());
    let changed = system.set_log_level(&actor, new(LONGEST_CHANGE), &origin).await;
    assert!(matches!(changed, Err(SystemError::InvalidLevel)));
    assert_eq!(audited(&*ports.store).await, 0);
}
