//! The refresh token in a cookie (`X-Auth-Mode: cookie`), and requests forged with it.

use mainstay_testkit::{PASSWORD, TestApp, TestAppBuilder, TestRequest, TestResponse};
use serde_json::json;

const OWN: &str = "https://api.example.com";
const PAGE: &str = "https://app.example.com";
const NAME: &str = "__Host-mainstay_refresh";

fn cookie_mode() -> TestAppBuilder {
    TestApp::with("auth.cookie_mode", "true")
        .with("server.public_url", OWN)
        .with("server.cors_origins", PAGE)
}

/// A request as a page of this origin makes it.
fn from_page(request: TestRequest, origin: &str) -> TestRequest {
    request.header("origin", origin).header("x-auth-mode", "cookie")
}

fn with_cookie(request: TestRequest, token: &str) -> TestRequest {
    request.header("cookie", format!("theme=dark; {NAME}={token}"))
}

async fn log_in(app: &TestApp) -> TestResponse {
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    from_page(app.post("/api/v1/auth/login"), PAGE)
        .json(body)
        .send()
        .await
}

/// The value of the cookie that an answer sets; empty if it takes it back.
fn cookie(answer: &TestResponse) -> String {
    let set = answer
        .header("set-cookie")
        .unwrap_or_else(|| panic!("no cookie: {answer:?}"));
    let value = set.strip_prefix(NAME).and_then(|rest| rest.strip_prefix('='));
    value
        .and_then(|value| value.split(';').next())
        .unwrap()
        .to_owned()
}

/// A server, somebody with an account, and the cookie of their session.
async fn logged_in() -> (TestApp, String) {
    let app = cookie_mode().start().await;
    app.register("ada@example.com").await;
    let token = cookie(&log_in(&app).await.expect(200));
    (app, token)
}

async fn refresh(app: &TestApp, token: &str) -> TestResponse {
    with_cookie(from_page(app.post("/api/v1/auth/refresh"), PAGE), token)
        .send()
        .await
}

#[tokio::test]
async fn a_page_gets_its_refresh_token_where_no_script_can_read_it() {
    let app = cookie_mode().start().await;
    app.register("ada@example.com").await;
    let answer = log_in(&app).await.expect(200);
    let set = answer.header("set-cookie").unwrap();
    assert!(
        set.ends_with("; Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=Strict"),
        "{set}"
    );
    assert!(!set.contains("Domain"), "{set}");
    let body = answer.json();
    assert!(body["access_token"].is_string());
    assert_eq!(body["refresh_expires_in"], 604_800);
    assert!(body.get("refresh_token").is_none(), "{body}");
    assert!(!answer.text().contains(&cookie(&answer)));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    let wrong = app.post("/nowhere").header("origin", PAGE).send().await;
    assert_eq!(wrong.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn the_cookie_is_exchanged_for_its_successor() {
    let (app, token) = logged_in().await;
    let answer = refresh(&app, &token).await.expect(200);
    let next = cookie(&answer);
    assert_ne!(next, token);
    assert!(answer.json().get("refresh_token").is_none());
    let empty = with_cookie(from_page(app.post("/api/v1/auth/refresh"), PAGE), &next);
    empty.json(json!({})).send().await.expect(200);
}

#[tokio::test]
async fn pages_of_the_server_itself_need_not_be_listed() {
    let (app, token) = logged_in().await;
    let own = with_cookie(from_page(app.post("/api/v1/auth/refresh"), OWN), &token);
    let next = cookie(&own.send().await.expect(200));
    let quiet = with_cookie(app.post("/api/v1/auth/refresh"), &next);
    let quiet = quiet
        .header("x-auth-mode", "cookie")
        .header("sec-fetch-site", "same-origin");
    quiet.send().await.expect(200);
}

#[tokio::test]
async fn requests_of_other_sites_are_refused_whatever_they_carry() {
    let (app, token) = logged_in().await;
    let forged: [&[(&str, &str)]; 9] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://app.example.com.evil.example")],
        &[("origin", "http://app.example.com")],
        &[("origin", PAGE), ("sec-fetch-site", "cross-site")],
        &[("origin", PAGE), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[],
    ];
    for headers in forged {
        for path in ["refresh", "logout", "login"] {
            let mut request = with_cookie(app.post(&format!("/api/v1/auth/{path}")), &token);
            request = request.header("x-auth-mode", "cookie");
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let answer = request.json(json!({})).send().await;
            answer.expect_problem(403, "CROSS_SITE_REQUEST");
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
    // Nothing has happened to the session.
    refresh(&app, &token).await.expect(200);
}

#[tokio::test]
async fn a_cookie_without_the_header_is_not_looked_at() {
    let (app, token) = logged_in().await;
    let form = with_cookie(app.post("/api/v1/auth/refresh"), &token).header("origin", PAGE);
    form.json(json!({}))
        .send()
        .await
        .expect_invalid(&[("refresh_token", "REQUIRED")]);
    let logout = with_cookie(app.post("/api/v1/auth/logout"), &token).header("origin", PAGE);
    logout.send().await.expect_problem(401, "UNAUTHENTICATED");
    refresh(&app, &token).await.expect(200);
}

#[tokio::test]
async fn the_cookie_opens_nothing_but_refresh_and_logout() {
    let (app, token) = logged_in().await;
    let requests = [
        app.get("/api/v1/users/me"),
        app.get("/api/v1/auth/sessions"),
        app.post("/api/v1/auth/logout-all"),
        app.delete("/api/v1/users/me"),
        app.get("/api/v1/users"),
    ];
    for request in requests {
        let answer = with_cookie(from_page(request, PAGE), &token).send().await;
        answer.expect_problem(401, "UNAUTHENTICATED");
    }
    let bearer = app.get("/api/v1/users/me").bearer(&token).send().await;
    bearer.expect_problem(401, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_cookie_and_a_token_in_the_body_contradict_each_other() {
    let (app, token) = logged_in().await;
    for body in [
        json!({ "refresh_token": token }),
        json!({ "refresh_token": "another" }),
    ] {
        let request = with_cookie(from_page(app.post("/api/v1/auth/refresh"), PAGE), &token);
        let answer = request.json(body).send().await;
        answer.expect_invalid(&[("refresh_token", "CONTRADICTORY")]);
    }
    let twice = from_page(app.post("/api/v1/auth/refresh"), PAGE);
    let twice = twice.header("cookie", format!("{NAME}={token}; {NAME}=planted"));
    twice.send().await.expect_problem(401, "INVALID_REFRESH_TOKEN");
    refresh(&app, &token).await.expect(200);
}

#[tokio::test]
async fn logging_out_ends_the_session_and_takes_the_cookie_back() {
    let (app, token) = logged_in().await;
    let logout = with_cookie(from_page(app.post("/api/v1/auth/logout"), PAGE), &token);
    let answer = logout.send().await.expect(204);
    assert_eq!(cookie(&answer), "");
    assert!(answer.header("set-cookie").unwrap().contains("; Max-Age=0;"));
    let answer = refresh(&app, &token).await;
    answer.expect_problem(401, "INVALID_REFRESH_TOKEN");
    assert_eq!(cookie(&answer), "", "a refused token takes its cookie along");
    let again = with_cookie(from_page(app.post("/api/v1/auth/logout"), PAGE), &token);
    again.send().await.expect(204);
    let nonsense = with_cookie(from_page(app.post("/api/v1/auth/logout"), PAGE), "nonsense");
    nonsense.send().await.expect(204);
}

#[tokio::test]
async fn a_stolen_and_used_cookie_still_ends_the_session() {
    let app = cookie_mode()
        .with("auth.refresh_replay_window", "0s")
        .start()
        .await;
    app.register("ada@example.com").await;
    let first = cookie(&log_in(&app).await.expect(200));
    let second = cookie(&refresh(&app, &first).await.expect(200));
    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    refresh(&app, &first)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
    refresh(&app, &second)
        .await
        .expect_problem(401, "INVALID_REFRESH_TOKEN");
}

#[tokio::test]
async fn the_header_is_refused_where_the_operator_did_not_allow_it() {
    let app = TestApp::with("server.cors_origins", PAGE).start().await;
    app.register("ada@example.com").await;
    log_in(&app).await.expect_problem(400, "INVALID_HEADER");
    let strange = cookie_mode().start().await;
    let request = strange.post("/api/v1/auth/login").header("x-auth-mode", "jar");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    request
        .json(body)
        .send()
        .await
        .expect_problem(400, "INVALID_HEADER");
}

#[tokio::test]
async fn other_clients_go_on_as_before_where_it_is_allowed() {
    let app = cookie_mode().start().await;
    let ada = app.user("ada@example.com").await;
    let body = json!({ "refresh_token": ada.refresh_token });
    let answer = app
        .post("/api/v1/auth/refresh")
        .json(body)
        .send()
        .await
        .expect(200);
    assert!(answer.json()["refresh_token"].is_string());
    assert_eq!(answer.header("set-cookie"), None);
}
