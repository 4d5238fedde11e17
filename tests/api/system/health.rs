//! `GET /health`, `/health/db`, `/health/ready` and `/api/v1/health`.

use std::sync::Arc;

use mainstay_services::ports::ObjectError;
use mainstay_testkit::{FixedClock, MemoryObjects, TestApp};

#[tokio::test]
async fn liveness_tells_version_and_time() {
    let app = TestApp::start().await;
    let health = app.get("/health").send().await.expect(200).json();
    assert_eq!(health["status"], "healthy");
    assert!(health["version"].is_string() && health["timestamp"].is_string());
    assert!(health["uptime_seconds"].is_u64());
}

async fn the_database_tells_of_its_pool_and_its_schema(app: TestApp) {
    let health = app.get("/health/db").send().await.expect(200).json();
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["database_connected"], true);
    assert_eq!(health["migration_status"], "up_to_date");
    assert_eq!(health["errors"].as_array().unwrap().len(), 0, "{health}");
    assert!(health["response_time_ms"].as_f64().unwrap() >= 0.0);
    let pool = &health["connection_pool"];
    let figure = |name: &str| pool[name].as_u64().unwrap();
    assert_eq!(figure("active") + figure("idle"), figure("size"), "{pool}");
    assert!(figure("size") >= 1 && figure("size") <= figure("max"), "{pool}");
}
on_every_database!(the_database_tells_of_its_pool_and_its_schema);

#[tokio::test]
async fn readiness_names_every_component() {
    let app = TestApp::start().await;
    for path in ["/health/ready", "/api/v1/health"] {
        let ready = app.get(path).send().await.expect(200).json();
        assert_eq!(ready["status"], "ready");
        let database = &ready["components"]["database"];
        assert_eq!(database["status"], "up");
        assert_eq!(database["required"], true);
    }
}

#[tokio::test]
async fn readiness_tells_of_the_object_store_and_does_without_it() {
    let objects = Arc::new(MemoryObjects::new(Arc::new(FixedClock::default())));
    objects.set_failure(Some(ObjectError::Unavailable("gone".to_owned())));
    let broken = TestApp::builder().product(move |server| server.objects(objects.clone()));
    for (app, status) in [(TestApp::start().await, "up"), (broken.start().await, "down")] {
        let ready = app.get("/health/ready").send().await.expect(200).json();
        let storage = &ready["components"]["storage"];
        assert_eq!(storage["status"], status, "{ready}");
        assert_eq!(storage["required"], false);
        assert!(!ready.to_string().contains("gone"), "{ready}");
    }
}
