//! `users import`, and what comes of it at the login.

use mainstay_domain::{AuditKind, AuditQuery, Email, UserId, UserStatus};
use mainstay_services::users::{ImportOptions, Imported, ImportedUser};
use mainstay_testkit::{TestApp, TestResponse};
use serde_json::{Value, json};

const MADE_ELSEWHERE: &str = include_str!("../../../crates/adapters/tests/data/foreign_hashes.jsonl");
/// The project that the Firebase hashes there are of.
const FIREBASE_KEY: &str =
    "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";

fn row(email: &str, hash: Option<&str>) -> ImportedUser {
    ImportedUser {
        id: None,
        email: Email::parse(email).unwrap(),
        username: None,
        first_name: None,
        last_name: None,
        locale: None,
        avatar_url: None,
        email_verified: true,
        status: UserStatus::Active,
        roles: Vec::new(),
        password_hash: hash.map(str::to_owned),
        created_at: None,
        updated_at: None,
        last_login_at: None,
    }
}

async fn import(app: &TestApp, rows: Vec<ImportedUser>) -> Vec<Imported> {
    let mut import = app
        .services()
        .transfer
        .import(ImportOptions::default())
        .await
        .unwrap();
    import.take(rows).await.unwrap()
}

async fn login(app: &TestApp, email: &str, password: &str) -> TestResponse {
    let body = json!({ "email": email, "password": password });
    app.post("/api/v1/auth/login").json(body).send().await
}

async fn stored_hash(app: &TestApp, id: UserId) -> String {
    let credentials = app.context().store.read().credentials();
    credentials
        .find(id)
        .await
        .unwrap()
        .unwrap()
        .hash
        .expose()
        .to_owned()
}

#[tokio::test]
async fn every_foreign_hash_lets_its_owner_in_and_is_argon2id_afterwards() {
    let app = TestApp::with("auth.firebase_scrypt_signer_key", FIREBASE_KEY)
        .start()
        .await;
    let made: Vec<Value> = MADE_ELSEWHERE
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    // One of each spelling: that all of them verify is shown beside the adapter.
    let mut kinds = std::collections::BTreeMap::new();
    for vector in &made {
        let hash = text(&vector["hash"]);
        let kind: String = hash.chars().take_while(|c| !c.is_ascii_digit()).collect();
        if text(&vector["made_by"]).contains(char::is_numeric)
            || hash.contains("fbscrypt")
            || hash.starts_with("scrypt")
        {
            kinds.entry(kind).or_insert(vector);
        }
    }
    assert!(kinds.len() >= 10, "{kinds:?}");
    for (number, vector) in kinds.values().enumerate() {
        let (email, hash) = (format!("user{number}@example.com"), text(&vector["hash"]));
        let answers = import(&app, vec![row(&email, Some(&hash))]).await;
        let [Imported::Created(id)] = answers[..] else {
            panic!("{answers:?}: {vector}");
        };
        let password = text(&vector["password"]);
        login(&app, &email, &format!("x{password}"))
            .await
            .expect_problem(401, "INVALID_CREDENTIALS");
        assert_eq!(stored_hash(&app, id).await, hash);
        login(&app, &email, &password).await.expect(200);
        let upgraded = stored_hash(&app, id).await;
        assert!(
            upgraded.starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
            "{vector}: {upgraded}"
        );
        login(&app, &email, &password).await.expect(200);
        login(&app, &email, &format!("x{password}"))
            .await
            .expect_problem(401, "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn a_short_or_a_long_password_that_was_legal_elsewhere_still_opens_the_account() {
    let app = TestApp::start().await;
    // Python's bcrypt made it of "abc".
    let short = "$2b$04$abcdefghijklmnopqrstuuCi15uRb1eH7NAlJ/TgeJertyknQpYn2";
    import(&app, vec![row("ada@example.com", Some(short))]).await;
    let tokens = login(&app, "ada@example.com", "abc").await.expect(200).json();
    // The next one follows the rules of this house.
    let change = json!({ "current_password": "abc", "new_password": "abcd" });
    let token = tokens["access_token"].as_str().unwrap();
    let refused = app
        .post("/api/v1/auth/change-password")
        .bearer(token)
        .json(change)
        .send()
        .await;
    refused.expect_problem(422, "VALIDATION_FAILED");
    login(&app, "ada@example.com", &"x".repeat(4096))
        .await
        .expect_problem(401, "INVALID_CREDENTIALS");
    login(&app, "ada@example.com", &"x".repeat(4097))
        .await
        .expect_problem(422, "VALIDATION_FAILED");
}

#[tokio::test]
async fn a_stored_hash_that_cannot_be_used_is_answered_like_a_wrong_password() {
    let app = TestApp::start().await;
    let answers = import(
        &app,
        vec![row(
            "ada@example.com",
            Some("$2b$04$abcdefghijklmnopqrstuuCi15uRb1eH7NAlJ/TgeJertyknQpYn2"),
        )],
    )
    .await;
    let [Imported::Created(id)] = answers[..] else {
        panic!("{answers:?}");
    };
    let credentials = app.context().store.read().credentials();
    for hash in [
        "",
        "nonsense",
        "$argon2id$v=19$m=4294967295,t=9,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    ] {
        let mut credential = credentials.find(id).await.unwrap().unwrap();
        credential.hash = mainstay_domain::PasswordHash(hash.to_owned());
        credentials.put(&credential).await.unwrap();
        login(&app, "ada@example.com", "abc")
            .await
            .expect_problem(401, "INVALID_CREDENTIALS");
    }
}

#[tokio::test]
async fn imports_and_exports_are_written_down() {
    let app = TestApp::start().await;
    let rows = ["ada@example.com", "bob@example.com"].map(|email| row(email, None));
    import(&app, rows.to_vec()).await;
    let mut export = app.services().transfer.export(true).await.unwrap();
    assert_eq!(export.next().await.unwrap().len(), 2);
    assert!(export.next().await.unwrap().is_empty());
    let events = app.context().store.read().audit_events();
    let events = events.list(&AuditQuery::default()).await.unwrap().items;
    let told = |kind| {
        events
            .iter()
            .find(|event| event.kind == kind)
            .and_then(|event| event.detail.clone())
    };
    assert_eq!(told(AuditKind::UsersExported).as_deref(), Some("with hashes"));
    assert_eq!(
        told(AuditKind::UsersImported).as_deref(),
        Some("2 accounts, 0 of them administrators")
    );
}
