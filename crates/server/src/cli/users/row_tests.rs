//! Tests of rows.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::*;

/// Field and code of everything that is refused.
fn refused(line: &str) -> Vec<(String, String)> {
    let errors = parse(line.as_bytes()).err().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let shown = errors.iter().map(|error| serde_json::to_value(error).unwrap());
    shown
        .map(|error| (text(&error["field"]), text(&error["code"])))
        .collect()
}

#[test]
fn a_row_needs_nothing_but_an_address() {
    let user = parse(br#"{"email":"ada@example.com","username":null}"#).unwrap();
    assert_eq!(user.email.as_str(), "ada@example.com");
    assert_eq!(user.status, UserStatus::Active);
    assert!(user.username.is_none() && user.roles.is_empty() && !user.email_verified);
}

#[test]
fn every_field_that_is_refused_is_named_at_once() {
    let line = r#"{"email":"nobody","username":7,"first_name":"","locale":"?","avatar_url":"javascript:alert(1)",
        "email_verified":"yes","status":"gone","roles":["Admin!"],"created_at":"yesterday","id":"7","role":"admin"}"#;
    let codes = [
        ("role", "UNKNOWN_FIELD"),
        ("email", "INVALID_EMAIL"),
        ("id", "INVALID_ID"),
        ("username", "INVALID_TYPE"),
        ("first_name", "INVALID_NAME"),
        ("locale", "INVALID_LOCALE"),
        ("avatar_url", "INVALID_URL"),
        ("email_verified", "INVALID_TYPE"),
        ("status", "INVALID_STATUS"),
        ("roles", "INVALID_ROLE_NAME"),
        ("created_at", "INVALID_TIME"),
    ];
    let expected = codes.map(|(field, code)| (field.to_owned(), code.to_owned()));
    assert_eq!(refused(line), expected);
}

#[test]
fn a_picture_that_only_this_server_can_show_is_left_out_of_an_export() {
    let id = UserId::from(uuid::Uuid::nil());
    let email = Email::parse("ada@example.com").unwrap();
    let user = mainstay_domain::User::new(id, email, UserStatus::Active, Timestamp::default());
    let exported = |url: &str| {
        let avatar_url = Some(url.to_owned());
        let user = mainstay_domain::User {
            avatar_url,
            ..user.clone()
        };
        let row = serde_json::to_value(show(&ExportedUser { user, hash: None })).unwrap();
        row.get("avatar_url").cloned()
    };
    assert_eq!(
        exported("/api/v1/avatars/0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e"),
        None
    );
    assert_eq!(
        exported("https://example.com/a.png"),
        Some(json!("https://example.com/a.png"))
    );
}

#[test]
fn what_is_no_object_or_has_a_member_twice_is_refused_as_a_whole() {
    for line in [
        "",
        "null",
        "[]",
        "7",
        r#"{"email":"ada@example.com""#,
        r#"{"email":"ada@example.com"} {}"#,
        r#"{"email":"ada@example.com","email":"eve@example.com"}"#,
    ] {
        let whole = ("".to_owned(), "MALFORMED_JSON".to_owned());
        assert_eq!(refused(line), [whole], "{line}");
    }
    assert!(parse(b"{\"email\":\"\xff@example.com\"}").is_err());
}

#[test]
fn a_row_without_an_address_is_refused() {
    let needed = ("email".to_owned(), "REQUIRED".to_owned());
    assert_eq!(refused("{}"), [needed]);
}
