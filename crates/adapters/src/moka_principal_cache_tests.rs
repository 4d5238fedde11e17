//! Tests of the principal cache.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{sync::atomic::AtomicBool, thread};

use mainstay_domain::{
    Credential, Email, Origin, PermissionSet, Session, Timestamp, TokenHash, User, UserStatus,
};
use uuid::Uuid;

use super::*;

fn principal(user: u128, session: u128) -> Arc<Principal> {
    let at = Timestamp::from_timestamp(0, 0).unwrap();
    let user_id = UserId(Uuid::from_u128(user));
    let email = Email::parse("ada@example.com").unwrap();
    Arc::new(Principal {
        user: User::new(user_id, email, UserStatus::Active, at),
        credential: Credential::Session(Session {
            id: SessionId(Uuid::from_u128(session)),
            user_id,
            generation: 0,
            token_hash: TokenHash([0; 32]),
            salt: [0; 16],
            origin: Origin::default(),
            created_at: at,
            last_used_at: at,
            authenticated_at: at,
            methods: mainstay_domain::AuthMethod::Password.into(),
            idle_expires_at: at,
            absolute_expires_at: at,
            revoked: None,
        }),
        permissions: Arc::new(PermissionSet::new()),
    })
}

fn session(id: u128) -> SessionId {
    SessionId(Uuid::from_u128(id))
}

fn seen(session: u128) -> CredentialId {
    self::session(session).into()
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn cache() -> MokaPrincipalCache {
    MokaPrincipalCache::new(&PrincipalCacheSettings {
        ttl: Duration::from_secs(60),
        capacity: 100,
    })
}

#[test]
fn a_principal_is_remembered_under_its_session() {
    let cache = cache();
    cache.put(cache.ticket(), principal(1, 10));
    assert_eq!(cache.get(seen(10)), Some(principal(1, 10)));
    assert_eq!(cache.get(seen(11)), None);
}

#[test]
fn a_forgotten_user_is_forgotten_in_every_session() {
    let cache = cache();
    for (user, session) in [(1, 10), (1, 11), (2, 20)] {
        cache.put(cache.ticket(), principal(user, session));
    }
    cache.forget_user(user(1));
    assert_eq!((cache.get(seen(10)), cache.get(seen(11))), (None, None));
    assert!(cache.get(seen(20)).is_some());
}

#[test]
fn a_forgotten_session_leaves_the_users_other_sessions() {
    let cache = cache();
    for session in [10, 11] {
        cache.put(cache.ticket(), principal(1, session));
    }
    cache.forget_session(session(10));
    assert_eq!(cache.get(seen(10)), None);
    assert!(cache.get(seen(11)).is_some());
}

#[test]
fn forgetting_everything_leaves_room_for_what_comes_after() {
    let cache = cache();
    cache.put(cache.ticket(), principal(1, 10));
    cache.forget_all();
    assert_eq!(cache.get(seen(10)), None);
    cache.put(cache.ticket(), principal(1, 10));
    assert!(cache.get(seen(10)).is_some());
}

#[test]
fn a_ticket_taken_before_anything_was_forgotten_is_worthless() {
    let cache = cache();
    let forgettings: [&dyn Fn(); 3] = [
        &|| cache.forget_user(user(9)),
        &|| cache.forget_session(session(9)),
        &|| cache.forget_all(),
    ];
    for forget in forgettings {
        let ticket = cache.ticket();
        forget();
        cache.put(ticket, principal(1, 10));
        assert_eq!(cache.get(seen(10)), None);
    }
}

#[tokio::test]
async fn a_principal_is_forgotten_when_its_time_is_over() {
    let cache = MokaPrincipalCache::new(&PrincipalCacheSettings {
        ttl: Duration::from_millis(30),
        capacity: 100,
    });
    cache.put(cache.ticket(), principal(1, 10));
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(cache.get(seen(10)), None);
}

/// However slow the store was: what it answered may have been changed elsewhere since it was asked.
#[test]
fn a_principal_counts_from_when_its_loading_began() {
    let cache = MokaPrincipalCache::new(&PrincipalCacheSettings {
        ttl: Duration::from_secs(30),
        capacity: 100,
    });
    for (ago, remembered) in [(1, true), (31, false)] {
        cache.forget_all();
        let ticket = CacheTicket {
            at: Instant::now().checked_sub(Duration::from_secs(ago)).unwrap(),
            ..cache.ticket()
        };
        cache.put(ticket, principal(1, 10));
        assert_eq!(cache.get(seen(10)).is_some(), remembered, "{ago} s");
    }
}

#[test]
fn a_disabled_cache_remembers_nothing() {
    let cache = MokaPrincipalCache::disabled();
    cache.put(cache.ticket(), principal(1, 10));
    cache.forget_user(user(1));
    assert_eq!(cache.get(seen(10)), None);
}

#[tokio::test]
async fn the_index_of_sessions_stays_small_however_many_pass_through() {
    let cache = MokaPrincipalCache::new(&PrincipalCacheSettings {
        ttl: Duration::from_millis(1),
        capacity: 100,
    });
    for id in 0..20_000 {
        cache.put(cache.ticket(), principal(id % 7, id));
        if id % 100 == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    let size = cache.inner.as_ref().unwrap().lock().size;
    assert!(size <= 1_000, "{size} sessions are indexed");
}

/// One thread loads and puts without pause while another "changes" the user: what is read from
/// the cache after `forget_user` must never be older than the change.
#[test]
fn a_put_racing_with_a_change_never_leaves_a_stale_principal() {
    let cache = Arc::new(cache());
    let stored_version = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicBool::new(false));
    let loaders: Vec<_> = (0..3)
        .map(|_| {
            let (cache, version, done) = (Arc::clone(&cache), Arc::clone(&stored_version), Arc::clone(&done));
            thread::spawn(move || {
                while !done.load(Ordering::SeqCst) {
                    let ticket = cache.ticket();
                    let mut loaded = Principal::clone(&principal(1, 10));
                    loaded.user.version = i64::try_from(version.load(Ordering::SeqCst)).unwrap();
                    cache.put(ticket, Arc::new(loaded));
                }
            })
        })
        .collect();
    for version in 1..3_000_u64 {
        stored_version.store(version, Ordering::SeqCst);
        cache.forget_user(user(1));
        for _ in 0..5 {
            if let Some(seen) = cache.get(seen(10)) {
                assert!(
                    seen.user.version >= i64::try_from(version).unwrap(),
                    "stale after {version}"
                );
            }
        }
    }
    done.store(true, Ordering::SeqCst);
    for loader in loaders {
        loader.join().unwrap();
    }
}

#[test]
fn entries_are_those_that_are_still_remembered() {
    let cache = cache();
    for number in 1..=3 {
        cache.put(cache.ticket(), principal(number, 10 + number));
    }
    assert_eq!(cache.entries(), 3);
    cache.forget_user(user(2));
    assert_eq!(cache.entries(), 2);
    cache.forget_all();
    assert_eq!(cache.entries(), 0);
    assert_eq!(MokaPrincipalCache::disabled().entries(), 0);
}
