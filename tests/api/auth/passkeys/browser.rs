//! Passkeys in a real browser.

use std::{env, net::TcpListener, process::Command};

use mainstay_testkit::TestApp;
use serde_json::{Value, json};

/// The first of these programs that is installed.
fn installed(programs: &[&'static str]) -> Option<&'static str> {
    let runs = |program: &&str| Command::new(program).arg("--version").output().is_ok();
    programs.iter().copied().find(runs)
}

/// Chromium's virtual authenticator makes and uses what no test of ours could: real client
/// data, real attestation objects, and JSON as browsers write it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chromium_registers_a_passkey_and_logs_in_with_it_every_way_there_is() {
    let chromium = installed(&["chromium", "chromium-browser", "google-chrome"]);
    let (Some(chromium), Some(python)) = (chromium, installed(&["python3"])) else {
        assert!(
            env::var_os("REQUIRE_BACKENDS").is_none(),
            "chromium and python3 are needed"
        );
        eprintln!("SKIPPED chromium_registers_a_passkey: chromium or python3 is not installed");
        return;
    };
    // Passkeys are for an origin, which must be known before the server starts.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let app = TestApp::with("server.port", &port.to_string()).start().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/support/passkey_browser.py");
    let base = format!("http://localhost:{port}");
    let run = move || {
        Command::new(python)
            .args([script, chromium, &base])
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["email"], "ada@example.com");
    assert_eq!(found["codes"], 10);
    assert_eq!(found["methods"], json!(["passkey", "recovery_code"]));
    assert_eq!(
        found["excluded"], "InvalidStateError",
        "no second passkey on one device"
    );
    drop(app);
}
