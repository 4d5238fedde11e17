//! Who may do what: one table, compared with the document.

use std::collections::BTreeMap;

use mainstay_testkit::{LoggedIn, TestApp, TestRequest, TestResponse};
use reqwest::Method;
use serde_json::json;

use super::document::operations;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Strangers too.
    Anybody,
    /// Everybody with an account, about themselves.
    Caller,
    /// Everybody with an account, but a fresh one is not in the right state and gets this code.
    Conflicting(&'static str),
    /// Everybody with an account, but what belongs to others is not found.
    Owner,
    /// Those who hold this permission.
    Holder(&'static str),
}

use Who::{Anybody, Caller, Conflicting, Holder, Owner};

/// Every operation. An operation that is not listed fails the test, and so does a line whose
/// operation is gone.
const TABLE: &[(&str, Who)] = &[
    ("get_root", Anybody),
    ("get_status", Anybody),
    ("get_health", Anybody),
    ("get_database_health", Anybody),
    ("get_readiness", Anybody),
    ("get_api_health", Anybody),
    ("get_metrics", Anybody),
    ("verify_mfa", Anybody),
    ("offer_passkey_login", Anybody),
    ("login_with_passkey", Anybody),
    ("offer_passkey_as_second_factor", Anybody),
    ("get_jwks", Anybody),
    ("register", Anybody),
    ("login", Anybody),
    ("list_identity_providers", Anybody),
    ("oauth_authorize", Anybody),
    ("oauth_callback", Anybody),
    ("oauth_callback_form", Anybody),
    ("oauth_exchange", Anybody),
    ("oauth_link", Caller),
    ("list_identities", Caller),
    ("unlink_identity", Owner),
    ("refresh", Anybody),
    ("create_first_admin", Anybody),
    ("verify_email", Anybody),
    ("resend_verification", Anybody),
    ("forgot_password", Anybody),
    ("reset_password", Anybody),
    ("confirm_change_email", Anybody),
    ("request_code", Anybody),
    ("sign_in_by_code", Anybody),
    ("sign_in_by_link", Anybody),
    ("accept_invitation", Anybody),
    ("change_email", Caller),
    ("invite_user", Holder("users:write")),
    ("send_password_reset", Holder("users:write")),
    ("logout", Caller),
    ("logout_all", Caller),
    ("change_password", Caller),
    ("list_factors", Caller),
    ("enrol_totp", Caller),
    ("confirm_totp", Caller),
    ("regenerate_recovery_codes", Conflicting("MFA_NOT_ENABLED")),
    ("delete_factor", Owner),
    ("offer_passkey_registration", Caller),
    ("register_passkey", Caller),
    ("rename_passkey", Caller),
    ("offer_passkey_to_reauthenticate", Conflicting("MFA_NOT_ENABLED")),
    ("reauthenticate", Caller),
    ("list_sessions", Caller),
    ("revoke_session", Owner),
    ("create_api_key", Caller),
    ("list_api_keys", Caller),
    ("get_api_key", Owner),
    ("rename_api_key", Caller),
    ("revoke_api_key", Owner),
    ("get_me", Caller),
    ("update_me", Caller),
    ("delete_me", Caller),
    ("put_my_avatar", Caller),
    ("delete_my_avatar", Caller),
    ("get_avatar", Anybody),
    ("list_my_audit_events", Caller),
    ("get_my_permissions", Caller),
    ("export_me", Caller),
    ("list_users", Holder("users:read")),
    ("create_user", Holder("users:write")),
    ("get_user", Holder("users:read")),
    ("update_user", Holder("users:write")),
    ("delete_user", Holder("users:write")),
    ("delete_user_avatar", Holder("users:write")),
    ("disable_user", Holder("users:write")),
    ("enable_user", Holder("users:write")),
    ("set_user_roles", Holder("roles:write")),
    ("reset_user_mfa", Holder("users:write")),
    ("list_user_sessions", Holder("users:read")),
    ("revoke_user_sessions", Holder("users:write")),
    ("list_roles", Holder("roles:read")),
    ("get_role", Holder("roles:read")),
    ("create_role", Holder("roles:write")),
    ("update_role", Holder("roles:write")),
    ("delete_role", Holder("roles:write")),
    ("list_permissions", Holder("roles:read")),
    ("list_audit_events", Holder("audit:read")),
    ("list_jobs", Holder("jobs:read")),
    ("get_job", Holder("jobs:read")),
    ("retry_job", Holder("jobs:manage")),
    ("remove_job", Holder("jobs:manage")),
    ("get_log_level", Holder("system:manage")),
    ("set_log_level", Holder("system:manage")),
    ("list_buckets", Holder("storage:buckets")),
    ("create_bucket", Holder("storage:buckets")),
    ("get_bucket", Owner),
    ("update_bucket", Holder("storage:buckets")),
    ("delete_bucket", Holder("storage:buckets")),
    ("revoke_signed_urls", Holder("storage:buckets")),
    ("get_storage_usage", Caller),
    ("get_bucket_usage", Owner),
    ("list_files", Owner),
    ("post_file", Owner),
    ("put_file", Owner),
    ("get_file", Owner),
    ("delete_file", Owner),
    ("get_file_metadata", Owner),
    ("update_file_metadata", Caller),
    ("copy_file", Caller),
    ("move_file", Caller),
    ("create_signed_url", Caller),
    ("get_signed_file", Anybody),
    ("put_signed_file", Anybody),
    ("get_public_file", Anybody),
    ("create_file_deletion", Caller),
    ("list_file_deletions", Owner),
    ("get_file_deletion", Owner),
    ("cancel_file_deletion", Owner),
    ("get_upload_options", Anybody),
    ("create_upload", Caller),
    ("get_upload", Owner),
    ("append_upload", Owner),
    ("delete_upload", Owner),
    ("override_upload_method", Owner),
    ("create_direct_upload", Caller),
    ("complete_direct_upload", Caller),
    ("delete_direct_upload", Owner),
];

/// One operation as the document describes it.
struct Operation {
    id: String,
    method: Method,
    path: String,
    secured: bool,
    takes_api_keys: bool,
    takes_body: bool,
}

async fn described(app: &TestApp) -> Vec<Operation> {
    let document = app.get("/openapi.json").send().await.expect(200).json();
    let read = |(path, method, operation): (String, String, serde_json::Value)| Operation {
        id: operation["operationId"].as_str().unwrap().to_owned(),
        method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
        path,
        secured: operation["security"]
            .as_array()
            .is_some_and(|list| !list.is_empty()),
        takes_api_keys: operation["security"].to_string().contains("\"api_key\""),
        takes_body: operation.get("requestBody").is_some(),
    };
    operations(&document).into_iter().map(read).collect()
}

/// What tus asks of every request, lest it be refused for that.
fn tus(request: TestRequest) -> TestRequest {
    request
        .header("tus-resumable", "1.0.0")
        .header("content-type", "application/offset+octet-stream")
        .header("upload-length", "1")
        .header("upload-offset", "0")
        .header("x-http-method-override", "PATCH")
}

/// The request with somebody else's id in the path and, unless the table's answer comes before
/// the body is read, a body that no operation takes.
fn request(app: &TestApp, operation: &Operation, other: &str) -> TestRequest {
    let path = operation
        .path
        .replace("{id}", other)
        .replace("{name}", "user")
        .replace("{provider}", "nobody")
        .replace("{bucket}", "not-there")
        .replace("{key}", "no/such.file");
    let request = app.request(operation.method.clone(), &path);
    if path.starts_with("/api/v1/storage/uploads") {
        return tus(request);
    }
    if path.ends_with("/me/avatar") && operation.takes_body {
        return request.body(b"\xff\xd8\xff and no picture");
    }
    if operation.takes_body {
        request.json(json!({ "no": "such field" }))
    } else {
        request
    }
}

#[tokio::test]
async fn every_operation_in_the_openapi_document_has_an_authorization_case() {
    let app = TestApp::start().await;
    let mut table: BTreeMap<&str, Who> = TABLE.iter().copied().collect();
    assert_eq!(table.len(), TABLE.len(), "an operation is listed twice");
    for operation in described(&app).await {
        let who = table.remove(operation.id.as_str());
        let who = who.unwrap_or_else(|| panic!("{} is not in the table: who may call it?", operation.id));
        assert_eq!(
            operation.secured,
            who != Anybody,
            "{} is described otherwise",
            operation.id
        );
    }
    assert!(table.is_empty(), "these operations are gone: {table:?}");
}

#[tokio::test]
async fn no_secured_operation_answers_a_stranger_or_a_forged_token() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for operation in described(&app).await.iter().filter(|operation| operation.secured) {
        let name = &operation.id;
        let answer = request(&app, operation, &admin.id).send().await;
        assert_eq!(answer.status(), 401, "{name}");
        if operation.method != Method::HEAD {
            answer.expect_problem(401, "UNAUTHENTICATED");
        }
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{name}");
        let forged = request(&app, operation, &admin.id).bearer("a.b.c").send().await;
        assert_eq!(forged.status(), 401, "{name}");
    }
}

/// What a plain user is answered.
fn check(operation: &Operation, who: Who, answer: &TestResponse) {
    let (id, status) = (&operation.id, answer.status());
    match who {
        Anybody => {}
        Holder(permission) => {
            let problem = answer.expect_problem(403, "PERMISSION_DENIED");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(permission), "{id}: {detail}");
        }
        Owner if operation.method == Method::HEAD => assert_eq!(status, 404, "{id}"),
        Owner => {
            answer.expect_problem(404, "NOT_FOUND");
        }
        Conflicting(code) => {
            answer.expect_problem(409, code);
        }
        Caller if operation.takes_body => assert_eq!(status, 422, "{id}"),
        Caller => assert!((200..300).contains(&status), "{id}: {}", answer.text()),
    }
}

#[tokio::test]
async fn a_plain_user_may_do_exactly_what_the_table_says() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.register("ada@example.com").await;
    let table: BTreeMap<&str, Who> = TABLE.iter().copied().collect();
    let mut operations = described(&app).await;
    // What ends the account comes last.
    operations.sort_by_key(|operation| operation.id == "delete_me");
    for operation in operations.iter().filter(|operation| operation.secured) {
        // Some operations end the session they are called with.
        let ada = app.login("ada@example.com").await;
        let other = foreign_id(&app, operation, &admin).await;
        let answer = request(&app, operation, &other)
            .bearer(&ada.access_token)
            .send()
            .await;
        check(operation, table[operation.id.as_str()], &answer);
    }
    app.get("/api/v1/users/me")
        .bearer(&admin.access_token)
        .send()
        .await
        .expect(200);
}

/// An id that belongs to the administrator: a session's where one is asked for.
async fn foreign_id(app: &TestApp, operation: &Operation, admin: &LoggedIn) -> String {
    if !operation.path.contains("/sessions/{id}") {
        return admin.id.clone();
    }
    let list = app
        .get("/api/v1/auth/sessions")
        .bearer(&admin.access_token)
        .send()
        .await;
    list.expect(200).json()["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn each_permission_alone_opens_exactly_its_own_operations() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let table: BTreeMap<&str, Who> = TABLE.iter().copied().collect();
    let operations = described(&app).await;
    let body = json!({ "name": "single", "permissions": [] });
    app.post("/api/v1/roles")
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(201);
    let path = format!("/api/v1/users/{}/roles", ada.id);
    let body = json!({ "roles": ["single"] });
    app.put(&path)
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(200);
    for held in [
        "users:read",
        "users:write",
        "roles:read",
        "roles:write",
        "audit:read",
        "system:manage",
    ] {
        let body = json!({ "permissions": [held] });
        let request_ = app
            .patch("/api/v1/roles/single")
            .bearer(&admin.access_token)
            .json(body);
        request_.send().await.expect(200);
        for operation in &operations {
            let Holder(needed) = table[operation.id.as_str()] else {
                continue;
            };
            let answer = request(&app, operation, &admin.id)
                .bearer(&ada.access_token)
                .send()
                .await;
            let denied = answer.status() == 403 && answer.json()["code"] == "PERMISSION_DENIED";
            assert_eq!(
                denied,
                needed != held,
                "{} with {held}: {}",
                operation.id,
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn an_api_key_with_every_scope_is_let_in_where_the_document_says_so_and_nowhere_else() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let eve = app.user("eve@example.com").await;
    let body = json!({ "name": "all", "scopes": [
        "users:read", "users:write", "roles:read", "roles:write", "audit:read", "jobs:read",
        "jobs:manage", "storage:buckets", "storage:read_all", "storage:write_all",
        "system:manage",
    ] });
    let made = app
        .post("/api/v1/auth/api-keys")
        .bearer(&admin.access_token)
        .json(body)
        .send()
        .await
        .expect(201)
        .json();
    let key = made["key"].as_str().unwrap();
    for operation in described(&app).await.iter().filter(|operation| operation.secured) {
        let answer = request(&app, operation, &eve.id).bearer(key).send().await;
        let refused = answer.status() == 403 && answer.json()["code"] == "SESSION_REQUIRED";
        assert_eq!(
            refused,
            !operation.takes_api_keys,
            "{}: {}",
            operation.id,
            answer.text()
        );
    }
}
