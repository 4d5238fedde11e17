//! Use cases of authentication, on the store in memory and on mocks.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use chrono::Duration;
use mainstay_domain::{
    AuditKind, AuditQuery, Password, PasswordCredential, RevocationReason, RoleName, User, UserStatus,
};
use mainstay_repositories::Store;
use mainstay_services::auth::{AuthError, ChangePassword, NewAdmin};
use mainstay_testkit::{
    FakeHasher, MemoryStore, MockRepositories, TestPorts, auth_service, login, origin, registration, user,
};

fn ports() -> TestPorts {
    TestPorts::new(Arc::new(MemoryStore::new()))
}

async fn kinds(ports: &TestPorts) -> Vec<AuditKind> {
    let page = ports
        .store
        .read()
        .audit_events()
        .list(&AuditQuery::default())
        .await
        .unwrap();
    page.items.iter().rev().map(|event| event.kind).collect()
}

#[tokio::test]
async fn a_taken_address_is_refused_at_registration() {
    let mut mocks = MockRepositories::new();
    mocks
        .users
        .expect_find_by_email()
        .returning(|_| Ok(Some(user("ada@example.com"))));
    let auth = auth_service(mocks.into_store());
    let answer = auth.register(registration("ada@example.com"), &origin()).await;
    assert!(matches!(answer, Err(AuthError::EmailTaken)));
}

#[tokio::test]
async fn an_unknown_address_costs_a_lookup_like_a_known_one() {
    let mut mocks = MockRepositories::new().ignoring_audit();
    mocks
        .users
        .expect_find_by_email()
        .times(1)
        .returning(|_| Ok(None));
    mocks.credentials.expect_find().times(1).returning(|_| Ok(None));
    let answer = auth_service(mocks.into_store())
        .login(login("nobody@example.com"), &origin())
        .await;
    assert!(matches!(answer, Err(AuthError::InvalidCredentials)));
}

#[tokio::test]
async fn whoever_registered_can_log_in_and_is_recognised() {
    let ports = ports();
    let auth = ports.auth();
    let ada = auth
        .register(registration("Ada@Example.com"), &origin())
        .await
        .unwrap()
        .account()
        .unwrap();
    let pair = auth
        .login(login("ada@example.COM"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let principal = auth.authenticate(&pair.access_token).await.unwrap();
    assert_eq!(principal.user.id, ada.id);
    assert_eq!(
        kinds(&ports).await,
        [AuditKind::UserRegistered, AuditKind::LoginSucceeded]
    );
}

#[tokio::test]
async fn a_refresh_token_repeated_at_once_gets_the_same_successor() {
    let ports = ports();
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let first = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let second = auth.refresh(&first.refresh_token, &origin()).await.unwrap();
    let again = auth.refresh(&first.refresh_token, &origin()).await.unwrap();
    assert_eq!(second.refresh_token, again.refresh_token);
    assert!(auth.refresh(&second.refresh_token, &origin()).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_late_ends_the_session() {
    let ports = ports();
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let first = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let second = auth.refresh(&first.refresh_token, &origin()).await.unwrap();
    ports.clock.advance(Duration::seconds(11));
    let reused = auth.refresh(&first.refresh_token, &origin()).await;
    assert!(matches!(reused, Err(AuthError::InvalidRefreshToken)));
    let successor = auth.refresh(&second.refresh_token, &origin()).await;
    assert!(matches!(successor, Err(AuthError::InvalidRefreshToken)));
    assert!(auth.authenticate(&second.access_token).await.is_err());
    assert!(kinds(&ports).await.contains(&AuditKind::RefreshReused));
}

#[tokio::test]
async fn a_session_ends_when_it_rests_for_a_week_and_after_a_month_in_any_case() {
    let ports = ports();
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let begin = async || {
        let signed_in = auth.login(login("ada@example.com"), &origin()).await;
        signed_in.unwrap().session().unwrap().refresh_token
    };
    let resting = begin().await;
    ports.clock.advance(Duration::days(7));
    let ended = auth.refresh(&resting, &origin()).await;
    assert!(matches!(ended, Err(AuthError::InvalidRefreshToken)));
    let mut used = begin().await;
    for _ in 0..5 {
        ports.clock.advance(Duration::days(6) - Duration::seconds(1));
        used = auth.refresh(&used, &origin()).await.unwrap().refresh_token;
    }
    ports.clock.advance(Duration::seconds(5));
    let ended = auth.refresh(&used, &origin()).await;
    assert!(matches!(ended, Err(AuthError::InvalidRefreshToken)));
}

#[tokio::test]
async fn a_very_old_refresh_token_still_ends_the_session() {
    let ports = ports();
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let first = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let mut living = first.clone();
    for _ in 0..5 {
        living = auth.refresh(&living.refresh_token, &origin()).await.unwrap();
    }
    assert!(auth.refresh(&first.refresh_token, &origin()).await.is_err());
    assert!(auth.refresh(&living.refresh_token, &origin()).await.is_err());
}

#[tokio::test]
async fn a_made_up_refresh_token_does_not_end_the_session() {
    let ports = ports();
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let pair = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let next = auth.refresh(&pair.refresh_token, &origin()).await.unwrap();
    let mut forged = pair.refresh_token.clone();
    forged.replace_range(60..62, if &forged[60..62] == "AA" { "BB" } else { "AA" });
    for raw in [forged.as_str(), "", "mst_rt_", "mst_rt_%%%", &"x".repeat(5000)] {
        assert!(matches!(
            auth.refresh(raw, &origin()).await,
            Err(AuthError::InvalidRefreshToken)
        ));
    }
    assert!(auth.refresh(&next.refresh_token, &origin()).await.is_ok());
}

#[tokio::test]
async fn fifty_parallel_refreshes_leave_exactly_one_lineage() {
    let ports = ports();
    let auth = Arc::new(ports.auth());
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let pair = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let calls = (0..50).map(|_| {
        let (auth, token) = (Arc::clone(&auth), pair.refresh_token.clone());
        tokio::spawn(async move { auth.refresh(&token, &origin()).await })
    });
    let mut successors = std::collections::BTreeSet::new();
    for call in calls.collect::<Vec<_>>() {
        successors.insert(call.await.unwrap().unwrap().refresh_token);
    }
    assert_eq!(successors.len(), 1);
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once_despite_the_cache() {
    let ports = ports();
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let pair = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let caller = auth.authenticate(&pair.access_token).await.unwrap();
    auth.logout(&caller, &origin()).await.unwrap();
    assert!(matches!(
        auth.authenticate(&pair.access_token).await,
        Err(AuthError::InvalidAccessToken)
    ));
    assert!(auth.refresh(&pair.refresh_token, &origin()).await.is_err());
}

#[tokio::test]
async fn changing_the_password_ends_every_other_session_only() {
    let ports = ports();
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let here = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let there = auth
        .login(login("ada@example.com"), &origin())
        .await
        .unwrap()
        .session()
        .unwrap();
    let caller = auth.authenticate(&here.access_token).await.unwrap();
    let change = ChangePassword {
        current: Password::attempt("correct horse battery").unwrap(),
        new: Password::parse("a wholly different one").unwrap(),
    };
    auth.change_password(&caller, change, &origin()).await.unwrap();
    assert!(auth.authenticate(&here.access_token).await.is_ok());
    assert!(auth.authenticate(&there.access_token).await.is_err());
    assert!(matches!(
        auth.login(login("ada@example.com"), &origin()).await,
        Err(AuthError::InvalidCredentials)
    ));
    let ended = ports
        .store
        .read()
        .sessions()
        .find(caller.session().unwrap().id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended.revoked.map(|(_, reason)| reason), None::<RevocationReason>);
}

#[tokio::test]
async fn guesses_at_one_account_are_slowed_down_even_in_parallel() {
    let mut ports = ports();
    ports.settings.throttle.enabled = true;
    let auth = Arc::new(ports.auth());
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let guesses: Vec<_> = (0..40)
        .map(|_| {
            let auth = Arc::clone(&auth);
            let mut guess = login("ada@example.com");
            guess.password = Password::attempt("wrong").unwrap();
            tokio::spawn(async move { auth.login(guess, &origin()).await })
        })
        .collect();
    let mut judged = 0;
    for guess in guesses {
        if matches!(guess.await.unwrap(), Err(AuthError::InvalidCredentials)) {
            judged += 1;
        }
    }
    assert!((1..=5).contains(&judged), "{judged} guesses were judged");
}

#[tokio::test]
async fn unknown_and_known_addresses_are_throttled_alike() {
    let mut ports = ports();
    ports.settings.throttle.enabled = true;
    let auth = ports.auth();
    auth.register(registration("ada@example.com"), &origin())
        .await
        .unwrap();
    let mut answers = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let mut guess = login(email);
        guess.password = Password::attempt("wrong").unwrap();
        let mut seen = Vec::new();
        for _ in 0..8 {
            seen.push(
                auth.login(guess.clone(), &origin())
                    .await
                    .unwrap_err()
                    .to_string(),
            );
        }
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn a_disabled_user_is_told_so_only_with_the_right_password() {
    let ports = ports();
    let auth = ports.auth();
    let mut ada = auth
        .register(registration("ada@example.com"), &origin())
        .await
        .unwrap()
        .account()
        .unwrap();
    ada.status = UserStatus::Disabled;
    assert!(ports.store.read().users().update(&ada).await.unwrap());
    let right = auth.login(login("ada@example.com"), &origin()).await;
    assert!(matches!(right, Err(AuthError::AccountDisabled)));
    let mut guess = login("ada@example.com");
    guess.password = Password::attempt("wrong").unwrap();
    assert!(matches!(
        auth.login(guess, &origin()).await,
        Err(AuthError::InvalidCredentials)
    ));
}

#[tokio::test]
async fn the_first_administrator_link_works_exactly_once() {
    let ports = ports();
    let auth = ports.auth();
    let token = auth.issue_first_admin_token().await.unwrap().unwrap();
    let admin = |email: &str| NewAdmin {
        email: registration(email).email,
        password: registration(email).password,
        username: None,
    };
    let wrong = auth
        .create_first_admin("wrong", admin("eve@example.com"), &origin())
        .await;
    assert!(matches!(wrong, Err(AuthError::SetupLinkInvalid)));
    let ada = auth
        .create_first_admin(&token, admin("ada@example.com"), &origin())
        .await
        .unwrap();
    assert!(ada.has_role(&RoleName::admin()));
    let again = auth
        .create_first_admin(&token, admin("eve@example.com"), &origin())
        .await;
    assert!(matches!(again, Err(AuthError::SetupLinkInvalid)));
    assert_eq!(auth.issue_first_admin_token().await.unwrap(), None);
}

/// Ada, who proves her password while her account changes into what `now` is.
async fn logged_in_meanwhile(now: Option<User>) -> AuthError {
    let mut mocks = MockRepositories::new().ignoring_audit();
    mocks
        .users
        .expect_find_by_email()
        .returning(|_| Ok(Some(user("ada@example.com"))));
    mocks.credentials.expect_find().returning(|id| {
        Ok(Some(PasswordCredential {
            user_id: id,
            hash: FakeHasher::hash_of(login("ada@example.com").password.expose()),
            changed_at: chrono::DateTime::UNIX_EPOCH,
        }))
    });
    mocks.users.expect_lock().returning(|_| Ok(true));
    mocks.totp_factors.expect_list().returning(|_| Ok(Vec::new()));
    mocks.passkeys.expect_list().returning(|_| Ok(Vec::new()));
    mocks.users.expect_record_login().returning(|_, _| Ok(false));
    mocks.users.expect_find().returning(move |_| Ok(now.clone()));
    let store = mocks.into_store();
    let answer = auth_service(Arc::clone(&store) as Arc<dyn Store>)
        .login(login("ada@example.com"), &origin())
        .await;
    assert_eq!(store.commits(), 0);
    answer.unwrap_err()
}

#[tokio::test]
async fn an_account_erased_during_the_login_is_answered_like_an_unknown_one() {
    let answer = logged_in_meanwhile(None).await;
    assert!(matches!(answer, AuthError::InvalidCredentials), "{answer:?}");
}

#[tokio::test]
async fn an_account_disabled_during_the_login_gets_no_session() {
    let disabled = User {
        status: UserStatus::Disabled,
        ..user("ada@example.com")
    };
    let answer = logged_in_meanwhile(Some(disabled)).await;
    assert!(matches!(answer, AuthError::AccountDisabled), "{answer:?}");
}

#[tokio::test]
async fn a_password_that_is_changed_during_the_login_opens_nothing() {
    let mut mocks = MockRepositories::new().ignoring_audit();
    mocks
        .users
        .expect_find_by_email()
        .returning(|_| Ok(Some(user("ada@example.com"))));
    mocks.users.expect_lock().returning(|_| Ok(true));
    let mut looked_up = 0;
    mocks.credentials.expect_find().returning(move |id| {
        looked_up += 1;
        // Right when it is compared, and another one in the unit of work that opens the session.
        let password = login("ada@example.com").password;
        let hash = match looked_up {
            1 => FakeHasher::hash_of(password.expose()),
            _ => FakeHasher::hash_of("another one, honestly"),
        };
        Ok(Some(PasswordCredential {
            user_id: id,
            hash,
            changed_at: chrono::DateTime::UNIX_EPOCH,
        }))
    });
    let store = mocks.into_store();
    let answer = auth_service(Arc::clone(&store) as Arc<dyn Store>)
        .login(login("ada@example.com"), &origin())
        .await;
    assert!(matches!(answer, Err(AuthError::InvalidCredentials)), "{answer:?}");
    assert_eq!(store.commits(), 0);
}
