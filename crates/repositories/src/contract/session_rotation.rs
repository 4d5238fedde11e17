//! Exchanging refresh tokens: one successor to each generation.

use std::sync::Arc;

use mainstay_domain::{Origin, RevocationReason, Rotation, Session};

use super::fixture::{
    SharedStore, at, count_true, find_session, hash, origin, session_of, store_session, stored_session,
    stored_user,
};

/// A rotation writes what it says and nothing else.
pub async fn a_rotation_moves_the_session_to_its_next_generation(store: SharedStore) {
    let session = new_session(&store).await;
    let rotation = Rotation {
        origin: Origin {
            ip: Some("192.0.2.1".parse().unwrap()),
            user_agent: None,
            request_id: None,
        },
        ..rotation_of(&session)
    };
    assert!(store.read().sessions().rotate(&rotation).await.unwrap());
    let expected = Session {
        generation: 1,
        token_hash: rotation.token_hash,
        origin: rotation.origin,
        last_used_at: rotation.now,
        idle_expires_at: rotation.idle_expires_at,
        ..session.clone()
    };
    assert_eq!(find_session(&store, session.id).await, Some(expected));
}

/// The same token twice, one after the other.
pub async fn a_generation_that_is_over_cannot_be_rotated(store: SharedStore) {
    let session = new_session(&store).await;
    let sessions = store.read().sessions();
    assert!(sessions.rotate(&rotation_of(&session)).await.unwrap());
    let rotated = find_session(&store, session.id).await.unwrap();
    assert!(!sessions.rotate(&rotation_of(&session)).await.unwrap());
    assert!(!sessions.rotate(&rotation_after(&session, 2)).await.unwrap());
    assert_eq!(find_session(&store, session.id).await, Some(rotated.clone()));
    assert!(sessions.rotate(&rotation_of(&rotated)).await.unwrap());
}

/// The same token fifty times at once.
pub async fn of_fifty_concurrent_rotations_exactly_one_takes_place(store: SharedStore) {
    let session = new_session(&store).await;
    let rotated = count_true(50, || {
        let (store, rotation) = (Arc::clone(&store), rotation_of(&session));
        async move { store.read().sessions().rotate(&rotation).await }
    });
    assert_eq!(rotated.await, 1);
    assert_eq!(find_session(&store, session.id).await.unwrap().generation, 1);
}

/// The same, as services do it: in units of work.
pub async fn of_concurrent_units_of_work_exactly_one_rotates(store: SharedStore) {
    let session = new_session(&store).await;
    let rotated = count_true(20, || {
        let (store, rotation) = (Arc::clone(&store), rotation_of(&session));
        async move {
            let unit = store.begin().await?;
            let rotated = unit.sessions().rotate(&rotation).await?;
            unit.commit().await?;
            Ok(rotated)
        }
    });
    assert_eq!(rotated.await, 1);
    assert_eq!(find_session(&store, session.id).await.unwrap().generation, 1);
}

/// What was ended stays ended.
pub async fn a_revoked_session_cannot_be_rotated_any_more(store: SharedStore) {
    let session = new_session(&store).await;
    let sessions = store.read().sessions();
    assert!(
        sessions
            .revoke(session.id, RevocationReason::Logout, at(1))
            .await
            .unwrap()
    );
    let revoked = find_session(&store, session.id).await;
    assert!(!sessions.rotate(&rotation_of(&session)).await.unwrap());
    assert_eq!(find_session(&store, session.id).await, revoked);
}

/// Either end counts, and counts from its very microsecond.
pub async fn an_expired_session_cannot_be_rotated_any_more(store: SharedStore) {
    let owner = stored_user(&store).await;
    for (idle, absolute) in [(at(10), at(99)), (at(99), at(10))] {
        let session = Session {
            idle_expires_at: idle,
            absolute_expires_at: absolute,
            ..session_of(owner.id)
        };
        let session = store_session(&store, session).await;
        let too_late = rotation_of(&session);
        assert_eq!(too_late.now, at(10));
        assert!(!store.read().sessions().rotate(&too_late).await.unwrap());
        let in_time = Rotation {
            now: at(9),
            ..too_late
        };
        assert!(store.read().sessions().rotate(&in_time).await.unwrap());
    }
}

async fn new_session(store: &SharedStore) -> Session {
    let owner = stored_user(store).await;
    stored_session(store, owner.id).await
}

fn rotation_of(session: &Session) -> Rotation {
    rotation_after(session, session.generation)
}

fn rotation_after(session: &Session, expected_generation: i32) -> Rotation {
    Rotation {
        session_id: session.id,
        expected_generation,
        token_hash: hash(),
        origin: origin(),
        now: at(10),
        idle_expires_at: at(1_010),
    }
}
