//! Headers that every answer carries.

use mainstay_testkit::TestApp;

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for path in [
        "/",
        "/health",
        "/metrics",
        "/nowhere",
        "/api/v1/users/me",
        "/api/v1/users",
        "/docs/",
        "/openapi.json",
    ] {
        let answer = app.get(path).bearer(&ada.access_token).send().await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(answer.header("x-xss-protection"), Some("0"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(answer.header("cache-control").is_some(), "{path}");
        assert_eq!(answer.header("server"), None, "{path}");
        assert_eq!(
            answer.header("strict-transport-security"),
            None,
            "{path} is not behind HTTPS"
        );
    }
}

#[tokio::test]
async fn behind_https_browsers_are_told_to_insist_on_it() {
    let app = TestApp::with("server.public_url", "https://api.example.com")
        .start()
        .await;
    for path in ["/health", "/nowhere"] {
        let answer = app.get(path).send().await;
        let hsts = answer.header("strict-transport-security").unwrap();
        assert!(hsts.starts_with("max-age="), "{hsts}");
    }
}

#[tokio::test]
async fn answers_with_personal_data_are_kept_by_nobody_else() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for path in [
        "/api/v1/users/me",
        "/api/v1/users",
        "/api/v1/auth/sessions",
        "/api/v1/audit-events",
    ] {
        let answer = app.get(path).bearer(&admin.access_token).send().await.expect(200);
        let control = answer.header("cache-control").unwrap();
        assert!(
            control.contains("no-store") || control.contains("private"),
            "{path}: {control}"
        );
    }
}

#[tokio::test]
async fn pages_mask_passwords_and_let_managers_fill_them() {
    let app = TestApp::start().await;
    for page in ["/setup", "/reset-password"] {
        let html = app.get(page).send().await.expect(200).text();
        let fields: Vec<&str> = html
            .lines()
            .filter(|line| line.contains("id=\"password\""))
            .collect();
        assert_eq!(fields.len(), 1, "{page}");
        assert!(fields[0].contains("type=\"password\""), "{page}: {}", fields[0]);
        assert!(
            fields[0].contains("autocomplete=\"new-password\""),
            "{page}: {}",
            fields[0]
        );
        assert!(
            !html.contains("onpaste") && !html.contains("autocomplete=\"off\""),
            "{page}"
        );
    }
}
