//! `GET /users`.

use mainstay_testkit::{LoggedIn, TestApp};
use serde_json::{Value, json};

/// An administrator and five invited users.
async fn house() -> (TestApp, LoggedIn) {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (email, username, first) in [
        ("ada@example.com", "ada", "Ada"),
        ("bob_100%@example.com", "bob", "Bob"),
        ("bobx100y@example.com", "bobby", "Robert"),
        ("carol@example.com", "carol", "Zo\u{eb}"),
        ("dave@example.com", "dave_1", "Dave"),
    ] {
        let body = json!({ "email": email, "username": username, "first_name": first });
        app.post("/api/v1/users")
            .bearer(&admin.access_token)
            .json(body)
            .send()
            .await
            .expect(201);
    }
    (app, admin)
}

async fn list(app: &TestApp, admin: &LoggedIn, query: &str) -> Value {
    let path = format!("/api/v1/users?{query}");
    app.get(&path)
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200)
        .json()
}

fn emails(list: &Value) -> Vec<&str> {
    let users = list["data"].as_array().unwrap();
    users.iter().map(|user| user["email"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let (app, admin) = house().await;
    for sort in [
        "created_at",
        "-created_at",
        "updated_at",
        "email",
        "-email",
        "last_login_at",
        "-last_login_at",
    ] {
        let whole = list(&app, &admin, &format!("sort={sort}&limit=100")).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = list(&app, &admin, &format!("sort={sort}&limit=2{cursor}")).await;
            seen.extend(emails(&page).into_iter().map(str::to_owned));
            let Some(next) = page["page"]["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, emails(&whole), "sorted by {sort}");
        assert_eq!(seen.len(), 6);
    }
}

#[tokio::test]
async fn sorting_by_address_is_alphabetical_both_ways() {
    let (app, admin) = house().await;
    let up = list(&app, &admin, "sort=email").await;
    let mut down = emails(&up);
    assert_eq!(down[..2], ["ada@example.com", "admin@example.com"]);
    down.reverse();
    assert_eq!(emails(&list(&app, &admin, "sort=-email").await), down);
}

#[tokio::test]
async fn the_total_is_counted_only_when_asked_for() {
    let (app, admin) = house().await;
    let without = list(&app, &admin, "limit=2").await;
    assert!(without["page"].get("total").is_none());
    assert_eq!(without["page"]["limit"], 2);
    assert_eq!(list(&app, &admin, "limit=2&total=true").await["page"]["total"], 6);
    assert_eq!(
        list(&app, &admin, "total=true&status=invited").await["page"]["total"],
        5
    );
    assert_eq!(list(&app, &admin, "").await["page"]["limit"], 20);
}

#[tokio::test]
async fn filters_narrow_the_list_and_combine() {
    let (app, admin) = house().await;
    assert_eq!(
        emails(&list(&app, &admin, "status=active").await),
        ["admin@example.com"]
    );
    assert_eq!(
        emails(&list(&app, &admin, "role=admin").await),
        ["admin@example.com"]
    );
    assert_eq!(emails(&list(&app, &admin, "role=nobody-has-it").await).len(), 0);
    assert_eq!(
        emails(&list(&app, &admin, "email_verified=true").await),
        ["admin@example.com"]
    );
    assert_eq!(
        emails(&list(&app, &admin, "created_since=2000-01-01T00:00:00Z").await).len(),
        6
    );
    assert_eq!(
        emails(&list(&app, &admin, "created_until=2000-01-01T00:00:00Z").await).len(),
        0
    );
    let both = list(&app, &admin, "status=invited&q=carol").await;
    assert_eq!(emails(&both), ["carol@example.com"]);
    assert_eq!(
        emails(&list(&app, &admin, "status=active&q=carol").await).len(),
        0
    );
}

#[tokio::test]
async fn a_search_finds_names_and_addresses_and_takes_every_letter_literally() {
    let (app, admin) = house().await;
    assert_eq!(emails(&list(&app, &admin, "q=ADA@").await), ["ada@example.com"]);
    assert_eq!(
        emails(&list(&app, &admin, "q=robert").await),
        ["bobx100y@example.com"]
    );
    assert_eq!(
        emails(&list(&app, &admin, "q=bob_100%25").await),
        ["bob_100%@example.com"]
    );
    assert_eq!(
        emails(&list(&app, &admin, "q=%25").await),
        ["bob_100%@example.com"]
    );
    assert_eq!(emails(&list(&app, &admin, "q=dave_").await), ["dave@example.com"]);
    assert_eq!(emails(&list(&app, &admin, "q=%27%20OR%201=1--").await).len(), 0);
    assert_eq!(emails(&list(&app, &admin, "q=%5C").await).len(), 0);
    app.register("vic@exämple.com").await;
    for spelling in ["q=ex%C3%84mple", "q=XN--exmple-cua"] {
        assert_eq!(emails(&list(&app, &admin, spelling).await), ["vic@exämple.com"]);
    }
}

#[tokio::test]
async fn a_cursor_that_was_changed_or_made_for_another_list_is_refused() {
    let (app, admin) = house().await;
    let page = list(&app, &admin, "limit=2").await;
    let cursor = page["page"]["next_cursor"].as_str().unwrap();
    let middle = cursor.len() / 2;
    let other = if cursor.as_bytes()[middle] == b'A' {
        "B"
    } else {
        "A"
    };
    let tampered = format!("{}{other}{}", &cursor[..middle], &cursor[middle + 1..]);
    for path in [
        format!("/api/v1/users?limit=2&cursor={tampered}"),
        format!("/api/v1/users?limit=2&status=invited&cursor={cursor}"),
        format!("/api/v1/users?limit=2&sort=email&cursor={cursor}"),
        format!("/api/v1/audit-events?limit=2&cursor={cursor}"),
        "/api/v1/users?cursor=garbage".to_owned(),
        "/api/v1/users?cursor=".to_owned(),
    ] {
        let answer = app.get(&path).bearer(&admin.access_token).send().await;
        answer.expect_problem(400, "INVALID_CURSOR");
    }
    // The limit is not part of what the cursor was made for.
    assert_eq!(
        emails(&list(&app, &admin, &format!("limit=4&cursor={cursor}")).await).len(),
        4
    );
}

#[tokio::test]
async fn parameters_that_make_no_sense_are_refused_by_name() {
    let (app, admin) = house().await;
    let long = "q".repeat(101);
    for (query, field, code) in [
        ("limit=0", "limit", "OUT_OF_RANGE"),
        ("limit=101", "limit", "OUT_OF_RANGE"),
        ("limit=ten", "limit", "INVALID_TYPE"),
        ("sort=password", "sort", "INVALID_CHOICE"),
        ("status=asleep", "status", "INVALID_CHOICE"),
        ("role=NOT%20A%20ROLE", "role", "INVALID_ROLE_NAME"),
        ("created_since=yesterday", "created_since", "INVALID_TYPE"),
        ("email_verified=maybe", "email_verified", "INVALID_TYPE"),
        ("q=", "q", "INVALID_LENGTH"),
        (&format!("q={long}"), "q", "INVALID_LENGTH"),
        ("q=%00", "q", "INVALID_SEARCH"),
        ("offset=20", "offset", "UNKNOWN_FIELD"),
        ("q=a&q=b", "q", "DUPLICATE_FIELD"),
    ] {
        let path = format!("/api/v1/users?{query}");
        let answer = app.get(&path).bearer(&admin.access_token).send().await;
        answer.expect_invalid(&[(field, code)]);
    }
}

#[tokio::test]
async fn only_those_who_may_read_users_see_the_list() {
    let (app, _) = house().await;
    let ada = app.user("eve@example.com").await;
    app.get("/api/v1/users")
        .send()
        .await
        .expect_problem(401, "UNAUTHENTICATED");
    let denied = app.get("/api/v1/users").bearer(&ada.access_token).send().await;
    denied.expect_problem(403, "PERMISSION_DENIED");
}
