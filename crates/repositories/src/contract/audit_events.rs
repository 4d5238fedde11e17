//! The audit log.

use mainstay_domain::{
    ApiKeyId, AuditEvent, AuditEventId, AuditKind, AuditQuery, Origin, PageRequest, UserId,
};
use uuid::Uuid;

use super::fixture::{SharedStore, at, event_by, page_of, user_id};

/// Every field comes back, full or empty; the users need not exist (any more).
pub async fn every_field_of_an_event_comes_back_as_appended(store: SharedStore) {
    let actor = user_id();
    let full = AuditEvent {
        api_key_id: Some(ApiKeyId(Uuid::new_v4())),
        subject_id: Some(user_id()),
        origin: Origin {
            ip: Some("203.0.113.9".parse().unwrap()),
            user_agent: Some("👩".repeat(255)),
            request_id: Some("req-1".to_owned()),
        },
        detail: Some("ä".repeat(255)),
        ..event_by(actor)
    };
    append(&store, &full).await;
    assert_eq!(all_pages(&store, by(actor)).await, [full]);

    let subject = user_id();
    let bare = AuditEvent {
        actor_id: None,
        subject_id: Some(subject),
        origin: Origin::default(),
        ..event_by(actor)
    };
    append(&store, &bare).await;
    let query = AuditQuery {
        subject_id: Some(subject),
        ..AuditQuery::default()
    };
    assert_eq!(all_pages(&store, query).await, [bare]);
}

/// The log knows every kind of event the domain knows, and those of products.
pub async fn every_kind_of_event_can_be_appended_and_asked_for(store: SharedStore) {
    const PRODUCT: AuditKind = AuditKind::product("note.shared");
    let actor = user_id();
    let every: Vec<_> = AuditKind::ALL.iter().copied().chain([PRODUCT]).collect();
    for kind in &every {
        append(
            &store,
            &AuditEvent {
                kind: *kind,
                ..event_by(actor)
            },
        )
        .await;
    }
    for kind in &every {
        let query = AuditQuery {
            kind: Some(*kind),
            ..by(actor)
        };
        let kinds: Vec<AuditKind> = all_pages(&store, query)
            .await
            .iter()
            .map(|event| event.kind)
            .collect();
        assert_eq!(kinds, [*kind]);
    }
}

/// Conditions narrow the list together; time is from, inclusive, to, exclusive.
pub async fn every_condition_of_an_audit_query_must_be_met(store: SharedStore) {
    let (actor, subject) = (user_id(), user_id());
    let hit = AuditEvent {
        subject_id: Some(subject),
        at: at(10),
        ..event_by(actor)
    };
    let misses = [
        AuditEvent {
            kind: AuditKind::LoginFailed,
            ..with_new_id(&hit)
        },
        AuditEvent {
            actor_id: Some(user_id()),
            ..with_new_id(&hit)
        },
        AuditEvent {
            actor_id: None,
            ..with_new_id(&hit)
        },
        AuditEvent {
            subject_id: None,
            ..with_new_id(&hit)
        },
        AuditEvent {
            at: at(9),
            ..with_new_id(&hit)
        },
        AuditEvent {
            at: at(20),
            ..with_new_id(&hit)
        },
    ];
    append(&store, &hit).await;
    for miss in &misses {
        append(&store, miss).await;
    }
    let query = AuditQuery {
        kind: Some(hit.kind),
        actor_id: Some(actor),
        subject_id: Some(subject),
        since: Some(at(10)),
        until: Some(at(20)),
        page: PageRequest::default(),
    };
    assert_eq!(all_pages(&store, query).await, [hit]);
}

/// Newest first, ties included, though events come in between.
pub async fn paging_the_audit_log_shows_every_event_exactly_once(store: SharedStore) {
    let actor = user_id();
    let mut expected = Vec::new();
    for second in [5, 5, 5, 6, 6, 7, 4] {
        let event = AuditEvent {
            at: at(second),
            ..event_by(actor)
        };
        append(&store, &event).await;
        expected.push(event);
    }
    expected.sort_by_key(|event| (event.at, event.id));
    expected.reverse();
    let mut query = AuditQuery {
        page: page_of(2),
        ..by(actor)
    };
    let first = store.read().audit_events().list(&query).await.unwrap();
    assert_eq!(first.items, expected[..2]);
    append(
        &store,
        &AuditEvent {
            at: at(8),
            ..event_by(actor)
        },
    )
    .await;
    query.page.after = first.next;
    assert_eq!(all_pages(&store, query).await, expected[2..]);
}

/// The log is long, so counting it is a choice.
pub async fn the_total_of_the_audit_log_is_told_only_when_asked_for(store: SharedStore) {
    let actor = user_id();
    for _ in 0..3 {
        append(&store, &event_by(actor)).await;
    }
    for (with_total, total) in [(false, None), (true, Some(3))] {
        let query = AuditQuery {
            page: PageRequest {
                with_total,
                ..page_of(1)
            },
            ..by(actor)
        };
        let page = store.read().audit_events().list(&query).await.unwrap();
        assert_eq!((page.items.len(), page.total), (1, total));
    }
}

fn by(actor_id: UserId) -> AuditQuery {
    AuditQuery {
        actor_id: Some(actor_id),
        ..AuditQuery::default()
    }
}

fn with_new_id(event: &AuditEvent) -> AuditEvent {
    AuditEvent {
        id: AuditEventId(user_id().uuid()),
        ..event.clone()
    }
}

async fn append(store: &SharedStore, event: &AuditEvent) {
    store.read().audit_events().append(event).await.unwrap();
}

async fn all_pages(store: &SharedStore, mut query: AuditQuery) -> Vec<AuditEvent> {
    let mut events = Vec::new();
    loop {
        let page = store.read().audit_events().list(&query).await.unwrap();
        events.extend(page.items);
        if page.next.is_none() {
            return events;
        }
        query.page.after = page.next;
    }
}
