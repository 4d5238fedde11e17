//! Whom a proxy says it speaks for.

use mainstay_testkit::{PASSWORD, TestApp};
use serde_json::json;

/// The address that a login with this header is kept under.
async fn address_seen(app: &TestApp, header: &str, value: &str) -> String {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let login = app
        .post("/api/v1/auth/login")
        .header(header, value)
        .json(body)
        .send()
        .await;
    let token = login.expect(200).json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let list = app
        .get("/api/v1/auth/sessions")
        .bearer(&token)
        .send()
        .await
        .expect(200)
        .json();
    let sessions = list["data"].as_array().unwrap();
    let current = sessions
        .iter()
        .find(|session| session["current"] == true)
        .unwrap();
    current["ip"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn forwarded_headers_of_a_stranger_count_for_nothing() {
    let app = TestApp::start().await;
    app.register("ada@example.com").await;
    for (header, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("forwarded", "for=203.0.113.7"),
        ("x-real-ip", "203.0.113.7"),
    ] {
        assert_eq!(address_seen(&app, header, value).await, "127.0.0.1");
    }
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_up_to_the_first_stranger() {
    let app = TestApp::with("server.trusted_proxies", "127.0.0.1, 10.0.0.0/8")
        .start()
        .await;
    app.register("ada@example.com").await;
    for (header, value, expected) in [
        ("x-forwarded-for", "203.0.113.7", "203.0.113.7"),
        ("x-forwarded-for", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("x-forwarded-for", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("x-forwarded-for", "203.0.113.7, garbage", "127.0.0.1"),
        ("x-forwarded-for", "2001:db8::1", "2001:db8::1"),
        (
            "forwarded",
            "for=\"[2001:db8::2]:4711\";proto=https",
            "2001:db8::2",
        ),
    ] {
        assert_eq!(
            address_seen(&app, header, value).await,
            expected,
            "{header}: {value}"
        );
    }
}

#[tokio::test]
async fn a_stranger_cannot_shake_off_the_throttle_with_a_header() {
    let app = TestApp::with("throttle.enabled", "true").with("throttle.address_free_tries", "2");
    let app = app.start().await;
    let mut last = 0;
    for n in 0..4 {
        let body = json!({ "email": format!("user{n}@example.com"), "password": "not the password" });
        let request = app
            .post("/api/v1/auth/login")
            .header("x-forwarded-for", format!("203.0.113.{n}"));
        last = request.json(body).send().await.status();
    }
    assert_eq!(last, 429);
}
