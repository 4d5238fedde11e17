//! Login sessions: keeping, ending, listing and removing them.

use mainstay_domain::{
    AuthMethod, PageRequest, RevocationReason, RoleName, Session, SessionId, Timestamp, UserId,
};

use super::fixture::{
    SharedStore, at, find_session, long_ago, page_of, session_id, session_of, store_session, stored_holder,
    stored_session, stored_user, user_id,
};
use crate::constraint;

/// Every field comes back, revocation included.
pub async fn every_field_of_a_session_comes_back_as_stored(store: SharedStore) {
    let owner = stored_user(&store).await;
    let living = stored_session(&store, owner.id).await;
    assert_eq!(find_session(&store, living.id).await, Some(living));
    let revoked = Session {
        generation: i32::MAX,
        revoked: Some((at(3), RevocationReason::TokenReuse)),
        ..session_of(owner.id)
    };
    let revoked = store_session(&store, revoked).await;
    assert_eq!(find_session(&store, revoked.id).await, Some(revoked));
    assert_eq!(find_session(&store, session_id()).await, None);
}

/// One statement tells who is asking and what they may do.
pub async fn a_session_is_found_together_with_its_user(store: SharedStore) {
    let owner = stored_holder(&store, &RoleName::user()).await;
    let without_roles = stored_user(&store).await;
    for owner in [owner, without_roles] {
        let session = stored_session(&store, owner.id).await;
        let found = store.read().sessions().find_with_user(session.id).await.unwrap();
        assert_eq!(found, Some((session, owner)));
    }
    assert_eq!(
        store
            .read()
            .sessions()
            .find_with_user(session_id())
            .await
            .unwrap(),
        None
    );
}

/// Nobody's session cannot be stored.
pub async fn a_session_of_an_unknown_user_is_a_conflict(store: SharedStore) {
    let session = session_of(user_id());
    let conflict = store.read().sessions().insert(&session).await.unwrap_err();
    assert!(conflict.is_conflict(constraint::REFERENCE), "{conflict:?}");
    assert_eq!(find_session(&store, session.id).await, None);
}

/// Who proves again who they are may do sensitive things for a while.
pub async fn a_living_session_remembers_a_new_proof_of_its_user(store: SharedStore) {
    let owner = stored_user(&store).await;
    let session = stored_session(&store, owner.id).await;
    let methods = session.methods.with(AuthMethod::Totp);
    let sessions = store.read().sessions();
    assert!(sessions.reauthenticate(session.id, methods, at(5)).await.unwrap());
    let expected = Session {
        authenticated_at: at(5),
        methods,
        ..session.clone()
    };
    assert_eq!(find_session(&store, session.id).await, Some(expected));
    let reason = RevocationReason::Logout;
    sessions.revoke(session.id, reason, at(6)).await.unwrap();
    assert!(!sessions.reauthenticate(session.id, methods, at(7)).await.unwrap());
    assert!(
        !sessions
            .reauthenticate(session_id(), methods, at(7))
            .await
            .unwrap()
    );
}

/// The first reason stays.
pub async fn revoking_a_session_twice_tells_false_the_second_time(store: SharedStore) {
    let owner = stored_user(&store).await;
    let session = stored_session(&store, owner.id).await;
    let sessions = store.read().sessions();
    assert!(
        sessions
            .revoke(session.id, RevocationReason::Logout, at(5))
            .await
            .unwrap()
    );
    assert!(
        !sessions
            .revoke(session.id, RevocationReason::TokenReuse, at(6))
            .await
            .unwrap()
    );
    assert!(
        !sessions
            .revoke(session_id(), RevocationReason::Logout, at(6))
            .await
            .unwrap()
    );
    let expected = Session {
        revoked: Some((at(5), RevocationReason::Logout)),
        ..session.clone()
    };
    assert_eq!(find_session(&store, session.id).await, Some(expected));
}

/// A change of password keeps the session it was made from.
pub async fn revoking_all_sessions_spares_the_excepted_and_strangers(store: SharedStore) {
    let (owner, stranger) = (stored_user(&store).await, stored_user(&store).await);
    let spared = stored_session(&store, owner.id).await;
    let foreign = stored_session(&store, stranger.id).await;
    let (ended, other) = (
        stored_session(&store, owner.id).await,
        stored_session(&store, owner.id).await,
    );
    let sessions = store.read().sessions();
    assert!(
        sessions
            .revoke(ended.id, RevocationReason::Logout, at(1))
            .await
            .unwrap()
    );

    assert_eq!(revoke_all(&store, owner.id, Some(spared.id)).await, 1);
    assert_eq!(find_session(&store, spared.id).await, Some(spared));
    assert_eq!(find_session(&store, foreign.id).await, Some(foreign));
    let revoked = find_session(&store, other.id).await.unwrap().revoked;
    assert_eq!(revoked, Some((at(2), RevocationReason::PasswordChanged)));
    let kept = find_session(&store, ended.id).await.unwrap().revoked;
    assert_eq!(kept, Some((at(1), RevocationReason::Logout)));
    assert_eq!(revoke_all(&store, owner.id, None).await, 1);
}

/// Newest first, page by page, ties included; what ended is not there.
pub async fn living_sessions_are_listed_newest_first_in_pages(store: SharedStore) {
    let owner = stored_user(&store).await;
    let mut living = Vec::new();
    for second in [0, 1, 1, 2, 2] {
        living.push(store_session(&store, made_at(owner.id, at(second))).await);
    }
    store_ended_sessions(&store, owner.id).await;
    living.sort_by_key(|session| (session.created_at, session.id));
    living.reverse();
    assert_eq!(all_alive(&store, owner.id).await, living);
    let request = PageRequest {
        with_total: true,
        ..page_of(1)
    };
    let page = store
        .read()
        .sessions()
        .list_alive(owner.id, at(10), &request)
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.total), (1, Some(5)));
}

/// Whatever is held about a user can be told.
pub async fn ended_sessions_are_listed_among_all_of_a_user(store: SharedStore) {
    let user = stored_user(&store).await;
    let (first, second) = (
        stored_session(&store, user.id).await,
        stored_session(&store, user.id).await,
    );
    let stranger = stored_user(&store).await;
    stored_session(&store, stranger.id).await;
    let sessions = store.read().sessions();
    let ended = sessions.revoke(first.id, RevocationReason::Logout, at(1)).await;
    assert!(ended.unwrap());
    let listed = sessions.list_all(user.id, &page_of(10)).await.unwrap();
    let mut ids: Vec<_> = listed.items.iter().map(|session| session.id).collect();
    ids.sort();
    let mut expected = [first.id, second.id];
    expected.sort();
    assert_eq!(ids, expected);
    let one = sessions.list_all(user.id, &page_of(1)).await.unwrap();
    assert!(one.items.len() == 1 && one.next.is_some());
}

/// Only what ended before the time goes, and no more of it than asked.
pub async fn purging_removes_only_sessions_that_ended_long_ago(store: SharedStore) {
    let owner = stored_user(&store).await;
    let kept = stored_session(&store, owner.id).await;
    while purge(&store).await > 0 {}
    let idle = Session {
        idle_expires_at: long_ago(0),
        ..session_of(owner.id)
    };
    let absolute = Session {
        absolute_expires_at: long_ago(0),
        ..session_of(owner.id)
    };
    let revoked = Session {
        revoked: Some((long_ago(0), RevocationReason::Logout)),
        ..session_of(owner.id)
    };
    let stale = [idle, absolute, revoked];
    for session in &stale {
        store_session(&store, session.clone()).await;
    }
    assert_eq!(
        (purge(&store).await, purge(&store).await, purge(&store).await),
        (2, 1, 0)
    );
    for session in stale {
        assert_eq!(find_session(&store, session.id).await, None);
    }
    assert_eq!(find_session(&store, kept.id).await, Some(kept));
}

async fn purge(store: &SharedStore) -> u64 {
    store.read().sessions().purge(long_ago(60), 2).await.unwrap()
}

async fn revoke_all(store: &SharedStore, user_id: UserId, except: Option<SessionId>) -> u64 {
    let sessions = store.read().sessions();
    sessions
        .revoke_all(user_id, except, RevocationReason::PasswordChanged, at(2))
        .await
        .unwrap()
}

fn made_at(user_id: UserId, created_at: Timestamp) -> Session {
    Session {
        created_at,
        ..session_of(user_id)
    }
}

async fn store_ended_sessions(store: &SharedStore, user_id: UserId) {
    let idle = Session {
        idle_expires_at: at(10),
        ..session_of(user_id)
    };
    let absolute = Session {
        absolute_expires_at: at(10),
        ..session_of(user_id)
    };
    let revoked = Session {
        revoked: Some((at(5), RevocationReason::Logout)),
        ..session_of(user_id)
    };
    for session in [idle, absolute, revoked] {
        store_session(store, session).await;
    }
}

async fn all_alive(store: &SharedStore, user_id: UserId) -> Vec<Session> {
    let (mut all, mut request) = (Vec::new(), page_of(2));
    loop {
        let page = store
            .read()
            .sessions()
            .list_alive(user_id, at(10), &request)
            .await
            .unwrap();
        all.extend(page.items);
        if page.next.is_none() {
            return all;
        }
        request.after = page.next;
    }
}
