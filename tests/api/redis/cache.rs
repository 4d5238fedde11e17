//! What one replica forgets, the others forget.

use std::{sync::Arc, time::Duration};

use mainstay_adapters::{
    Announcement, MokaPrincipalCache, PrincipalCacheSettings, RedisHub, RedisSettings, RedisTasks,
};
use mainstay_domain::{
    AuthMethod, Credential, Email, Origin, PermissionSet, Principal, Session, SessionId, Timestamp,
    TokenHash, User, UserId, UserStatus,
};
use mainstay_services::ports::{Draw, PrincipalCache};
use mainstay_testkit::TestDatabase;
use uuid::Uuid;

use super::support::{replicas, settings, until};
use crate::support::{RedisServer, TestCertificate, given_redis};

/// A replica's part of it alone, whose cache forgets nothing by itself during a test.
struct Part {
    cache: Arc<dyn PrincipalCache>,
    local: Arc<dyn PrincipalCache>,
    hub: RedisHub,
    _tasks: RedisTasks,
}

fn part(settings: RedisSettings) -> Part {
    let local: Arc<dyn PrincipalCache> = Arc::new(MokaPrincipalCache::new(&PrincipalCacheSettings {
        ttl: Duration::from_secs(3600),
        capacity: 100,
    }));
    let hub = RedisHub::new(settings, Uuid::new_v4()).unwrap();
    let heard = Arc::clone(&local);
    let tasks = hub.start(Arc::new(move |said: Announcement| said.apply(&*heard)));
    Part {
        cache: hub.principal_cache(Arc::clone(&local)),
        local,
        hub,
        _tasks: tasks,
    }
}

impl Part {
    fn knows(&self, session: u128) -> bool {
        self.local
            .get(SessionId(Uuid::from_u128(session)).into())
            .is_some()
    }

    fn learn(&self, user: u128, session: u128) {
        self.cache.put(self.cache.ticket(), principal(user, session));
    }
}

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
            methods: AuthMethod::Password.into(),
            idle_expires_at: at,
            absolute_expires_at: at,
            revoked: None,
        }),
        permissions: Arc::new(PermissionSet::new()),
    })
}

/// Waits until both listen: what is said then is heard, and only because it was said.
async fn both_listen(here: &Part, there: &Part) {
    for (one, other) in [(here, there), (there, here)] {
        // Learned again and again: everything is forgotten when listening begins.
        until("a word is heard", async || {
            one.learn(99, 99);
            other.cache.forget_session(SessionId(Uuid::from_u128(99)));
            tokio::time::sleep(Duration::from_millis(20)).await;
            !one.knows(99)
        })
        .await;
    }
}

#[tokio::test]
async fn what_one_replica_forgets_the_other_forgets_and_nothing_else() {
    let Some(redis) = RedisServer::start() else { return };
    one_word_is_enough(settings(&redis.url())).await;
}

#[tokio::test]
async fn the_redis_or_valkey_that_is_given_carries_words_too() {
    let Some(url) = given_redis() else { return };
    let settings = RedisSettings {
        prefix: format!("mainstay-test-{}", Uuid::new_v4()),
        ..settings(&url)
    };
    one_word_is_enough(settings).await;
}

async fn one_word_is_enough(settings: RedisSettings) {
    let (here, there) = (part(settings.clone()), part(settings));
    both_listen(&here, &there).await;
    for session in [10, 11] {
        there.learn(1, session);
    }
    there.learn(2, 20);
    here.cache.forget_session(SessionId(Uuid::from_u128(10)));
    until("the session is forgotten", async || !there.knows(10)).await;
    assert!(there.knows(11) && there.knows(20));
    here.cache.forget_user(UserId(Uuid::from_u128(1)));
    until("the user is forgotten", async || !there.knows(11)).await;
    assert!(there.knows(20));
    here.cache.forget_all();
    until("all is forgotten", async || !there.knows(20)).await;
}

#[tokio::test]
async fn what_was_forgotten_without_redis_is_made_up_for_when_it_is_back() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let (here, there) = (part(settings(&redis.url())), part(settings(&redis.url())));
    both_listen(&here, &there).await;
    redis.kill();
    until("both see it", async || {
        here.hub.state().is_err() && there.hub.state().is_err()
    })
    .await;
    there.learn(1, 10);
    // More than may wait.
    for session in 0..5_000 {
        here.cache.forget_session(SessionId(Uuid::from_u128(session)));
    }
    assert!(there.knows(10));
    redis.restart();
    until("it is made up for", async || !there.knows(10)).await;
}

#[tokio::test]
async fn a_redis_that_speaks_tls_is_trusted_by_its_authority_alone() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = TestCertificate::make(folder.path());
    let path = |name: &str| certificate.path(name);
    let arguments = [
        "--tls-port",
        "{tls}",
        "--tls-cert-file",
        &path("server.pem"),
        "--tls-key-file",
        &path("server.key"),
        "--tls-ca-cert-file",
        &path("ca.pem"),
        "--tls-auth-clients",
        "no",
    ];
    let Some(redis) = RedisServer::start_with(&arguments) else {
        return;
    };
    let url = format!("rediss://localhost:{}", redis.tls_port());
    let trusting = part(RedisSettings {
        trusted: Some(std::fs::read(path("ca.pem")).unwrap()),
        ..settings(&url)
    });
    until("the authority is trusted", async || trusting.hub.state().is_ok()).await;
    let draw = Draw {
        key: "api_key:1".to_owned(),
        size: Duration::from_secs(60),
        cost: Duration::from_secs(1),
        owed: Duration::ZERO,
    };
    let drawn = trusting.hub.buckets().draw(&draw).await.unwrap();
    assert_eq!((drawn.owed, drawn.wait), (Duration::from_secs(1), None));
    let strict = part(settings(&url));
    until("the certificate is refused", async || {
        strict
            .hub
            .state()
            .is_err_and(|reason| reason != "not connected yet")
    })
    .await;
}

#[tokio::test]
async fn a_logout_on_one_replica_is_refused_by_the_other_that_had_remembered_it() {
    let Some(redis) = RedisServer::start() else { return };
    let replicas = replicas(TestDatabase::Sqlite, &redis.url(), &[]).await.unwrap();
    let ada = replicas.here.user("ada@example.com").await;
    let me = || replicas.there.get("/api/v1/users/me").bearer(&ada.access_token);
    me().send().await.expect(200);
    let logout = replicas
        .here
        .post("/api/v1/auth/logout")
        .bearer(&ada.access_token);
    logout.send().await.expect(204);
    until("the other refuses", async || me().send().await.status() == 401).await;
    me().send().await.expect_problem(401, "UNAUTHENTICATED");
}
