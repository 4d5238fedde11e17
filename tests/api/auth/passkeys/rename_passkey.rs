//! `PATCH /auth/passkeys/{id}`.

use serde_json::json;

use super::support::{registered, server};
use crate::auth::mfa::support::status;

#[tokio::test]
async fn a_passkey_is_renamed_and_removed_by_its_owner_only() {
    let app = server().await;
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    let (_, answer) = registered(&app, &ada).await;
    let id = answer["passkey"]["id"].as_str().unwrap();
    let path = format!("/api/v1/auth/passkeys/{id}");
    let rename = |token: &str, name: &str| {
        app.patch(&path)
            .bearer(token)
            .json(json!({ "name": name }))
            .send()
    };
    rename(&eve.access_token, "Mine")
        .await
        .expect_problem(404, "NOT_FOUND");
    rename(&ada.access_token, "")
        .await
        .expect_invalid(&[("name", "INVALID_LENGTH")]);
    rename(&ada.access_token, "Work laptop").await.expect(204);
    assert_eq!(status(&app, &ada).await["factors"][0]["name"], "Work laptop");
    let factor = format!("/api/v1/auth/mfa/factors/{id}?disable_mfa=true");
    let removed = app.delete(&factor).bearer(&eve.access_token).send().await;
    removed.expect_problem(404, "NOT_FOUND");
    app.delete(&factor)
        .bearer(&ada.access_token)
        .send()
        .await
        .expect(204);
    app.login("ada@example.com").await;
}
