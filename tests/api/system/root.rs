//! `GET /` and `GET /status`.

use mainstay_testkit::TestApp;

#[tokio::test]
async fn the_root_names_the_service_and_its_links_lead_somewhere() {
    let app = TestApp::start().await;
    let root = app.get("/").send().await.expect(200).json();
    assert_eq!(root["environment"], "local");
    for member in ["name", "version"] {
        assert!(!root[member].as_str().unwrap().is_empty(), "{member}");
    }
    for (name, path) in root["links"].as_object().unwrap() {
        if name != "api" {
            let status = app.get(path.as_str().unwrap()).send().await.status();
            assert!([200, 308].contains(&status), "{name}: {status}");
        }
    }
}

#[tokio::test]
async fn the_status_tells_what_runs_here_and_since_when() {
    let app = TestApp::start().await;
    let status = app.get("/status").send().await.expect(200).json();
    for member in ["service", "version", "environment", "build"] {
        assert!(!status[member].as_str().unwrap().is_empty(), "{member}");
    }
    assert!(status["uptime_seconds"].is_u64());
}
