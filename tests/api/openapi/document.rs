//! The document itself.

use std::collections::BTreeSet;

use mainstay_testkit::TestApp;
use serde_json::Value;

/// Every operation with its path and method.
pub fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let methods = [
        "get", "put", "post", "delete", "patch", "head", "options", "trace",
    ];
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(move |(method, operation)| (path.clone(), method.clone(), operation.clone()))
    });
    all.filter(|(_, method, _)| methods.contains(&method.as_str()))
        .collect()
}

/// Every reference in the document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                found.insert(reference.to_owned());
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let app = TestApp::start().await;
    let answer = app.get("/openapi.json").send().await.expect(200);
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for member in ["title", "version", "description"] {
        assert!(!document["info"][member].as_str().unwrap().is_empty(), "{member}");
    }
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let etag = answer.header("etag").unwrap();
    app.get("/openapi.json")
        .header("if-none-match", etag)
        .send()
        .await
        .expect(304);
}

#[tokio::test]
async fn every_operation_tells_its_id_summary_answers_and_errors() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").send().await.expect(200).json();
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = format!("{method} {path}");
        let id = operation["operationId"]
            .as_str()
            .unwrap_or_else(|| panic!("{name} has no id"));
        assert!(ids.insert(id.to_owned()), "{id} is used twice");
        if path.starts_with("/api/v1/") && path != "/api/v1/health" {
            assert!(
                !operation["summary"].as_str().unwrap_or_default().is_empty(),
                "{name} has no summary"
            );
        }
        assert!(
            operation["tags"].as_array().is_some_and(|tags| !tags.is_empty()),
            "{name} has no tag"
        );
        let answers = operation["responses"].as_object().unwrap();
        assert!(
            answers.keys().any(|status| status.starts_with(['2', '3'])),
            "{name} never succeeds"
        );
        assert!(
            answers.contains_key("500") && answers.contains_key("503"),
            "{name} never fails"
        );
        let has = |status: &str| answers.contains_key(status);
        if operation["security"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
        {
            assert!(has("401") && has("403"), "{name} is secured but never refuses");
        }
        if operation.get("requestBody").is_some() {
            assert!(
                has("400") && has("413") && has("415") && has("422"),
                "{name} takes any body"
            );
        }
        if path.contains('{') {
            assert!(has("404"), "{name} finds everything");
        }
    }
    assert!(ids.len() >= 30, "{ids:?}");
}

#[tokio::test]
async fn every_error_answer_is_described_as_a_problem_document() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").send().await.expect(200).json();
    for (path, method, operation) in operations(&document) {
        let health = path.contains("health");
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let shared = answer["$ref"]
                .as_str()
                .map(|reference| document.pointer(&reference[1..]).unwrap());
            let answer = shared.unwrap_or(answer);
            let failed = status.starts_with(['4', '5']);
            let problem = answer["content"].get("application/problem+json").is_some();
            // Health checks answer 503 with what they found out.
            assert!(
                !failed || problem || (health && status == "503"),
                "{method} {path} {status}"
            );
        }
    }
}

#[tokio::test]
async fn only_what_strangers_may_do_is_open() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").send().await.expect(200).json();
    let open: BTreeSet<String> = operations(&document)
        .into_iter()
        .filter(|(path, _, operation)| path.starts_with("/api/v1/") && operation.get("security").is_none())
        .map(|(path, method, _)| format!("{method} {path}"))
        .collect();
    let expected = [
        "get /api/v1/health",
        "get /api/v1/avatars/{id}",
        "get /api/v1/auth/oauth/providers",
        "get /api/v1/auth/oauth/{provider}/authorize",
        "get /api/v1/auth/oauth/{provider}/callback",
        "post /api/v1/auth/accept-invitation",
        "post /api/v1/auth/change-email/confirm",
        "post /api/v1/auth/code",
        "post /api/v1/auth/code/verify",
        "post /api/v1/auth/forgot-password",
        "post /api/v1/auth/login",
        "post /api/v1/auth/mfa/verify",
        "post /api/v1/auth/oauth/exchange",
        "post /api/v1/auth/oauth/{provider}/callback",
        "post /api/v1/auth/passkeys/login",
        "post /api/v1/auth/passkeys/login/options",
        "post /api/v1/auth/passkeys/second-factor/options",
        "post /api/v1/auth/refresh",
        "post /api/v1/auth/register",
        "post /api/v1/auth/reset-password",
        "post /api/v1/auth/setup",
        "post /api/v1/auth/sign-in-link",
        "post /api/v1/auth/verify-email",
        "post /api/v1/auth/verify-email/resend",
        "options /api/v1/storage/uploads",
        "get /api/v1/storage/public/{bucket}/{key}",
        "get /api/v1/storage/signed/{bucket}/{key}",
        "put /api/v1/storage/signed/{bucket}/{key}",
    ];
    assert_eq!(open, expected.map(str::to_owned).into());
}
