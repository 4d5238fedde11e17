//! What the contract does not say: the schema, its steps, and lost connections.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use std::{sync::Arc, time::Duration};

use mainstay_domain::{Email, Role, RoleName, ThrottleState, Timestamp, User, UserId, UserQuery, UserStatus};
use mainstay_migration::{run_down, run_fresh, run_up, status, steps};
use mainstay_repositories::{
    RepositoryError, Store,
    sea::{SeaOptions, SeaStore},
};
use sea_orm::{ConnectionTrait, prelude::Uuid};

mod sea_support;

use sea_support::{ENGINES, Engine, open};

async fn migrated(engine: Engine) -> Option<SeaStore> {
    let store = open(&engine.make_database().await?).await;
    run_up(store.connection(), steps()).await.unwrap();
    Some(store)
}

fn now() -> Timestamp {
    Timestamp::from_timestamp_micros(1_800_000_000_000_001).unwrap()
}

fn user(name: u128) -> User {
    let email = Email::parse(&format!("{name}@smoke.test")).unwrap();
    let mut user = User::new(UserId(Uuid::from_u128(name)), email, UserStatus::Active, now());
    user.roles = vec![RoleName::user()];
    user
}

#[tokio::test]
async fn schema_matches_entities() {
    for engine in ENGINES {
        if let Some(store) = migrated(engine).await {
            store.verify_schema().await.unwrap();
        }
    }
}

#[tokio::test]
async fn every_step_goes_down_and_up_again() {
    for engine in ENGINES {
        let Some(store) = migrated(engine).await else {
            continue;
        };
        let db = store.connection();
        let count = u32::try_from(steps().len()).unwrap();
        run_down(db, steps(), 1).await.unwrap();
        let told = status(db, steps()).await.unwrap();
        let applied = told.iter().filter(|(_, applied)| *applied).count();
        assert_eq!(applied, steps().len() - 1, "{engine:?}");
        run_down(db, steps(), count).await.unwrap();
        store.verify_schema().await.unwrap_err();
        run_up(db, steps()).await.unwrap();
        store.verify_schema().await.unwrap();
    }
}

/// Users who were there before the step that copies their roles keep them.
#[tokio::test]
async fn the_roles_of_users_are_copied_to_their_rows() {
    for engine in ENGINES {
        let Some(store) = migrated(engine).await else {
            continue;
        };
        let mut ada = user(1);
        ada.roles.insert(0, RoleName::admin());
        let mut eve = user(2);
        eve.roles.clear();
        for user in [&ada, &eve] {
            store.read().users().insert(user).await.unwrap();
        }
        let mut newest_first = steps().into_iter().rev();
        let later = newest_first
            .position(|step| step.name().ends_with("_roles_of_users"))
            .unwrap();
        run_down(store.connection(), steps(), u32::try_from(later + 1).unwrap())
            .await
            .unwrap();
        run_up(store.connection(), steps()).await.unwrap();
        for user in [ada, eve] {
            let found = store.read().users().find(user.id).await.unwrap();
            assert_eq!(found, Some(user), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_fresh_run_loses_all_data_and_keeps_the_schema() {
    for engine in ENGINES {
        let Some(store) = migrated(engine).await else {
            continue;
        };
        store.read().users().insert(&user(1)).await.unwrap();
        run_fresh(store.connection(), steps()).await.unwrap();
        store.verify_schema().await.unwrap();
        let users = store.read().users().list(&UserQuery::default()).await.unwrap();
        assert!(users.items.is_empty(), "{engine:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_that_migrate_at_once_all_succeed() {
    for engine in ENGINES {
        let Some(url) = engine.make_database().await else {
            continue;
        };
        let starts = (0..3).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let store = open(&url).await;
                run_up(store.connection(), steps()).await.unwrap();
                store.verify_schema().await.unwrap();
            })
        });
        for start in starts.collect::<Vec<_>>() {
            start.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_pool_of_one_connection_can_migrate() {
    for engine in ENGINES {
        let Some(url) = engine.make_database().await else {
            continue;
        };
        let mut options = SeaOptions::new(url);
        options.max_connections = 1;
        let store = SeaStore::connect(&options).await.unwrap();
        run_up(store.connection(), steps()).await.unwrap();
        assert_eq!(store.health().max, 1);
    }
}

#[tokio::test]
async fn a_call_that_was_given_up_poisons_the_unit_of_work() {
    for engine in ENGINES {
        let Some(store) = migrated(engine).await else {
            continue;
        };
        let unit = store.begin_sea().await.unwrap();
        let never = unit.run(
            "db.test",
            std::future::pending::<mainstay_repositories::Result<()>>(),
        );
        let given_up = tokio::time::timeout(Duration::from_millis(10), never).await;
        assert!(given_up.is_err());
        let kept = unit.commit().await;
        assert!(matches!(kept, Err(RepositoryError::Backend(_))), "{kept:?}");
    }
}

#[tokio::test]
async fn connections_that_the_server_has_closed_are_not_handed_out() {
    for (engine, kill) in [
        (
            Engine::Postgres,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        ),
        (Engine::MySql, "SET SESSION wait_timeout = 1"),
    ] {
        let Some(url) = engine.make_database().await else {
            continue;
        };
        let (store, killer) = (open(&url).await, open(&url).await);
        store.ping().await.unwrap();
        let victim = if engine == Engine::Postgres {
            &killer
        } else {
            &store
        };
        victim.connection().execute_unprepared(kill).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2500)).await;
        store.ping().await.unwrap();
        let found = run_up(store.connection(), steps()).await;
        assert!(found.is_ok(), "{engine:?}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_at_once_never_meet_a_locked_database() {
    let Some(store) = migrated(Engine::Sqlite).await else {
        return;
    };
    let store: Arc<dyn Store> = Arc::new(store);
    let writers: Vec<_> = (0..60)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let unit = store.begin().await.unwrap();
                unit.users().insert(&user(number)).await.unwrap();
                unit.commit().await.unwrap();
                let id = UserId(Uuid::from_u128(number));
                store.read().users().record_login(id, now()).await.unwrap();
                store.read().users().find(id).await.unwrap().unwrap()
            })
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.await.unwrap().last_login_at, Some(now()));
    }
}

#[tokio::test]
async fn a_database_in_memory_lives_as_long_as_its_pool() {
    let store = open("sqlite::memory:").await;
    run_up(store.connection(), steps()).await.unwrap();
    store.read().users().insert(&user(7)).await.unwrap();
    let found = store.read().users().find_by_email(&user(7).email).await.unwrap();
    assert_eq!(found, Some(user(7)));
}

#[tokio::test]
async fn a_row_that_breaks_a_rule_is_reported_as_corrupt() {
    for engine in ENGINES {
        let Some(store) = migrated(engine).await else {
            continue;
        };
        store.read().users().insert(&user(3)).await.unwrap();
        let spoil = "UPDATE users SET email = 'nonsense'";
        store.connection().execute_unprepared(spoil).await.unwrap();
        let found = store.read().users().find(user(3).id).await;
        assert!(matches!(
            found,
            Err(RepositoryError::Corrupt { table: "users", .. })
        ));
    }
}

#[tokio::test]
async fn a_product_index_is_reported_by_one_name_on_every_engine() {
    for engine in ENGINES {
        let Some(store) = migrated(engine).await else {
            continue;
        };
        let unit = store.begin_sea().await.unwrap();
        let made = "CREATE TABLE notes (id INTEGER PRIMARY KEY, owner INTEGER, title INTEGER)";
        unit.conn().execute_unprepared(made).await.unwrap();
        let index = "CREATE UNIQUE INDEX notes_owner_title ON notes (owner, title)";
        unit.conn().execute_unprepared(index).await.unwrap();
        unit.commit().await.unwrap();
        for (row, name) in [
            ("(1, 1, 1)", None),
            ("(2, 1, 1)", Some("notes_owner_title")),
            ("(1, 2, 2)", Some("unique")),
        ] {
            let insert = format!("INSERT INTO notes VALUES {row}");
            let result = store.pool().write("db.notes.insert", async {
                store.connection().execute_unprepared(&insert).await?;
                Ok(())
            });
            let conflict = result.await.err();
            let told = conflict.is_some_and(|error| name.is_some_and(|name| error.is_conflict(name)));
            assert_eq!(told, name.is_some(), "{engine:?} {row}");
        }
    }
}

#[tokio::test]
async fn an_unreachable_database_is_unavailable() {
    let mut options = SeaOptions::new("postgres://nobody:secret@127.0.0.1:1/none");
    options.acquire_timeout = Duration::from_millis(300);
    let error = SeaStore::connect(&options).await.unwrap_err();
    assert!(matches!(error, RepositoryError::Unavailable(_)), "{error:?}");
    assert!(!format!("{options:?} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_role_with_a_taken_name_and_a_lost_throttle_race_are_told_apart() {
    for engine in ENGINES {
        let Some(store) = migrated(engine).await else {
            continue;
        };
        let admin = store
            .read()
            .roles()
            .find(&RoleName::admin())
            .await
            .unwrap()
            .unwrap();
        let again = store.read().roles().insert(&Role { ..admin }).await.unwrap_err();
        assert!(again.is_conflict("roles_name"), "{engine:?}: {again:?}");
        let state = ThrottleState {
            tries: 1,
            next_at: now(),
            last_at: now(),
        };
        let unit = store.begin().await.unwrap();
        assert!(unit.throttles().advance("k", None, &state).await.unwrap());
        assert!(!unit.throttles().advance("k", None, &state).await.unwrap());
        unit.commit().await.unwrap();
    }
}

/// SQLite ends the transaction by itself then, which the driver does not notice.
#[tokio::test]
async fn what_is_written_after_a_full_disk_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/full.db", folder.path().display());
    let mut options = SeaOptions::new(&url);
    options.max_connections = 1;
    let store = SeaStore::connect(&options).await.unwrap();
    run_up(store.connection(), steps()).await.unwrap();
    let place = "x".repeat(100_000);
    let db = store.connection();
    db.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
    let unit = store.begin().await.unwrap();
    let mut round = 0;
    let full = loop {
        round += 1;
        if let Err(error) = unit.sweeps().keep(&format!("sweep {round}"), &place).await {
            break error;
        }
    };
    assert!(full.to_string().contains("full"), "{full}");
    drop(unit);
    // Believed to be a part of the one that failed, it would stay open when it is given up, and with
    // it everything that follows.
    let unit = store.begin().await.unwrap();
    unit.sweeps().keep("given up", "here").await.unwrap();
    drop(unit);
    let unit = store.begin().await.unwrap();
    unit.sweeps().keep("after", "here").await.unwrap();
    unit.commit().await.unwrap();
    drop(store);
    let store = open(&url).await;
    assert_eq!(
        store.read().sweeps().find("after").await.unwrap().as_deref(),
        Some("here")
    );
}
