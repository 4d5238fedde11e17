//! The audit log's chain, on every database, with a server at work.

use mainstay_services::audit::Problem;
use mainstay_testkit::{PASSWORD, TestApp, TestDatabase};
use serde_json::json;

use crate::support::again_if_unserved;

/// Waits until the server has sealed everything.
async fn sealed(app: &TestApp) {
    let chain = app.context().store.read().audit_chain();
    for _ in 0..600 {
        if chain.count_unsealed().await.unwrap() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody sealed the events");
}

async fn problems(app: &TestApp) -> Vec<(i64, Problem)> {
    let report = app.context().audit_chain.verify(Vec::new()).await.unwrap();
    let findings = report.findings.into_iter();
    findings.map(|finding| (finding.seq, finding.problem)).collect()
}

async fn the_server_seals_events_and_every_change_in_the_database_is_noticed(app: TestApp) {
    app.user("ada@example.com").await;
    app.user("eve@example.com").await;
    sealed(&app).await;
    assert_eq!(problems(&app).await, []);
    app.execute("UPDATE audit_events SET ip = '192.0.2.9' WHERE seq = 2")
        .await;
    assert_eq!(problems(&app).await, [(2, Problem::PersonalPartAltered)]);
    app.execute("UPDATE audit_events SET ip = '127.0.0.1' WHERE seq = 2")
        .await;
    assert_eq!(problems(&app).await, []);
    app.execute("UPDATE audit_events SET kind = 'no such kind' WHERE seq = 1")
        .await;
    assert_eq!(problems(&app).await, [(1, Problem::Altered)]);
    app.execute("DELETE FROM audit_events WHERE seq = 3").await;
    assert_eq!(
        problems(&app).await,
        [(1, Problem::Altered), (3, Problem::Missing { until: 3 })]
    );
    app.execute("UPDATE audit_chain SET exported_seq = 4").await;
    assert!(problems(&app).await.contains(&(4, Problem::HeadForged)));
    app.execute("DELETE FROM audit_chain").await;
    assert!(problems(&app).await.contains(&(0, Problem::HeadMissing)));
}

on_every_database!(
    the_server_seals_events_and_every_change_in_the_database_is_noticed,
    "audit.seal_every" = "100ms"
);

/// Three replicas seal while events come in on all of them.
async fn seal_side_by_side(kind: TestDatabase) {
    let Some(database) = kind.create().await else {
        return;
    };
    let replica = || {
        let builder = TestApp::with("database.url", database.url());
        builder.with("audit.seal_every", "100ms").start()
    };
    let apps = [replica().await, replica().await, replica().await];
    for (number, app) in apps.iter().enumerate() {
        app.register(&format!("user{number}@example.com")).await;
    }
    let logins = apps.iter().enumerate().map(|(number, app)| async move {
        for _ in 0..20 {
            let body = json!({ "email": format!("user{number}@example.com"), "password": PASSWORD });
            let login = async || app.post("/api/v1/auth/login").json(body.clone()).await;
            again_if_unserved(login).await.expect(200);
        }
    });
    futures::future::join_all(logins).await;
    sealed(&apps[0]).await;
    let report = apps[1].context().audit_chain.verify(Vec::new()).await.unwrap();
    assert_eq!((report.events, report.problems), (63, 0), "{report:?}");
}

#[tokio::test]
async fn three_replicas_that_seal_at_once_make_one_chain_on_sqlite() {
    seal_side_by_side(TestDatabase::Sqlite).await;
}

#[tokio::test]
async fn three_replicas_that_seal_at_once_make_one_chain_on_postgres() {
    seal_side_by_side(TestDatabase::Postgres).await;
}

#[tokio::test]
async fn three_replicas_that_seal_at_once_make_one_chain_on_mysql() {
    seal_side_by_side(TestDatabase::MySql).await;
}
