//! System endpoints.

use std::{sync::Arc, time::Duration};

use actix_web::test::TestRequest;
use async_trait::async_trait;
use mainstay_api::{
    app::ApiState,
    system::{HealthCheck, MigrationStatus, SystemState},
};
use mainstay_repositories::memory::MemoryStore;

use crate::support::{Answer, send, send_to, settings, state};

async fn get(state: &ApiState, uri: &str) -> Answer {
    send_to(&settings(), state, TestRequest::get().uri(uri)).await
}

struct Hanging {
    required: bool,
}

#[async_trait]
impl HealthCheck for Hanging {
    fn name(&self) -> &'static str {
        "cache"
    }

    fn required(&self) -> bool {
        self.required
    }

    async fn check(&self) -> Result<(), String> {
        std::future::pending().await
    }
}

struct Behind;

#[async_trait]
impl MigrationStatus for Behind {
    async fn pending(&self) -> Result<u32, String> {
        Ok(2)
    }
}

fn with(migrations: Arc<dyn MigrationStatus>, check: Option<Hanging>) -> ApiState {
    let mut api = state();
    let store = Arc::new(MemoryStore::new());
    // What hangs is waited for to the end, everything else must not run out of time.
    let timeout = match check {
        Some(_) => Duration::from_millis(200),
        None => Duration::from_secs(10),
    };
    let mut system = SystemState::new(api.system.info.clone(), store, migrations).with_timeout(timeout);
    if let Some(check) = check {
        system = system.with_check(Arc::new(check));
    }
    api.system = Arc::new(system);
    api
}

struct Current;

#[async_trait]
impl MigrationStatus for Current {
    async fn pending(&self) -> Result<u32, String> {
        Ok(0)
    }
}

#[actix_web::test]
async fn the_root_and_the_status_name_the_service() {
    let root = send(TestRequest::get().uri("/")).await.json();
    assert_eq!(
        (&root["name"], &root["links"]["docs"]),
        (&"sample".into(), &"/docs".into())
    );
    let status = send(TestRequest::get().uri("/status")).await.json();
    assert_eq!(
        (&status["service"], &status["build"]),
        (&"sample".into(), &"abc".into())
    );
    assert!(status["uptime_seconds"].is_u64() && status["environment"] == "local");
}

#[actix_web::test]
async fn a_healthy_service_says_so_everywhere() {
    let state = state();
    for uri in ["/health", "/health/db", "/health/ready", "/api/v1/health"] {
        assert_eq!(get(&state, uri).await.status.as_u16(), 200, "{uri}");
    }
    let database = get(&state, "/health/db").await.json();
    assert_eq!(database["migration_status"], "up_to_date");
    assert!(database["connection_pool"]["max"].is_u64());
    assert_eq!(database["errors"].as_array().unwrap().len(), 0);
    assert_eq!(get(&state, "/metrics").await.body, "sample 1\n");
}

#[actix_web::test]
async fn a_draining_service_is_alive_but_not_ready() {
    let state = state();
    state.system.start_draining();
    assert_eq!(get(&state, "/health").await.status.as_u16(), 200);
    let ready = get(&state, "/health/ready").await;
    assert_eq!(
        (ready.status.as_u16(), ready.json()["status"].as_str()),
        (503, Some("draining"))
    );
    assert_eq!(ready.header("content-type"), "application/json");
}

#[actix_web::test]
async fn a_hanging_component_counts_only_when_it_is_required() {
    let required = get(
        &with(Arc::new(Current), Some(Hanging { required: true })),
        "/health/ready",
    )
    .await;
    assert_eq!(required.status.as_u16(), 503);
    assert_eq!(required.json()["components"]["cache"]["status"], "down");
    let optional = get(
        &with(Arc::new(Current), Some(Hanging { required: false })),
        "/api/v1/health",
    )
    .await;
    assert_eq!(optional.status.as_u16(), 200);
    assert_eq!(optional.json()["components"]["database"]["status"], "up");
}

#[actix_web::test]
async fn pending_migrations_keep_a_service_from_being_ready() {
    let state = with(Arc::new(Behind), None);
    assert_eq!(get(&state, "/health/ready").await.status.as_u16(), 503);
    let database = get(&state, "/health/db").await;
    assert_eq!(
        (
            database.status.as_u16(),
            database.json()["migration_status"].as_str()
        ),
        (200, Some("pending"))
    );
}
