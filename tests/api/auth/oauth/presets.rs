//! Google, GitHub, Microsoft and Apple, each with its own ways, at a provider that plays them.
//! Where the real ones are is tested beside `crates/server/src/identity_providers.rs`.

use mainstay_testkit::{TestApp, TestResponse};
use serde_json::{Value, json};

use super::support::*;
use crate::support::FakeProvider;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

async fn as_presets(provider: &FakeProvider) -> TestApp {
    let client = |more: Value| {
        let mut fields =
            json!({ "issuer": provider.url, "client_id": "mainstay", "client_secret": "a client secret" });
        let object = fields.as_object_mut().unwrap();
        object.extend(more.as_object().unwrap().clone());
        fields
    };
    let all = json!({
        "google": client(json!({})),
        "apple": client(json!({})),
        "microsoft": client(json!({ "tenant": "common" })),
        "github": client(json!({ "api_url": provider.url })),
        "ours": client(json!({ "preset": "google", "scopes": "openid email" })),
    });
    let app = TestApp::with("auth.providers", &all.to_string());
    app.start().await
}

fn query(location: &str, name: &str) -> Option<String> {
    let url = reqwest::Url::parse(location).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

async fn enter(app: &TestApp, provider: &FakeProvider, name: &str) -> TestResponse {
    let journey = begin_at(app, name, "").await;
    let (state, code) = provider.log_in(&journey.location);
    let path = format!("/api/v1/auth/oauth/{name}/callback?state={state}&code={code}");
    let request = app.get(&path).header("cookie", journey.cookie.unwrap());
    request.send().await
}

#[tokio::test]
async fn each_preset_asks_for_what_its_provider_understands() {
    let provider = FakeProvider::start();
    let app = as_presets(&provider).await;
    let cases = [
        ("google", "/authorize", "openid email profile", None, "Lax"),
        (
            "apple",
            "/authorize",
            "openid email name",
            Some("form_post"),
            "None",
        ),
        ("microsoft", "/authorize", "openid email profile", None, "Lax"),
        (
            "github",
            "/login/oauth/authorize",
            "read:user user:email",
            None,
            "Lax",
        ),
        ("ours", "/authorize", "openid email", None, "Lax"),
    ];
    for (name, path, scope, mode, same_site) in cases {
        let begun = app.get(&format!("/api/v1/auth/oauth/{name}/authorize"));
        let begun = begun.send().await.expect(302);
        let location = begun.location();
        assert_eq!(reqwest::Url::parse(location).unwrap().path(), path, "{name}");
        assert_eq!(query(location, "scope").as_deref(), Some(scope), "{name}");
        assert_eq!(query(location, "response_mode").as_deref(), mode, "{name}");
        assert_eq!(
            query(location, "client_id").as_deref(),
            Some("mainstay"),
            "{name}"
        );
        assert_eq!(
            query(location, "code_challenge_method").as_deref(),
            Some("S256"),
            "{name}"
        );
        let callback = query(location, "redirect_uri").unwrap();
        assert!(
            callback.ends_with(&format!("/api/v1/auth/oauth/{name}/callback")),
            "{callback}"
        );
        assert!(query(location, "client_secret").is_none(), "{location}");
        let cookie = begun.header("set-cookie").unwrap();
        assert!(
            cookie.ends_with(&format!("SameSite={same_site}")),
            "{name}: {cookie}"
        );
    }
}

#[tokio::test]
async fn an_address_that_a_tenant_wrote_down_itself_opens_nothing() {
    let provider = FakeProvider::start();
    let app = as_presets(&provider).await;
    let ada = app.user("ada@example.com").await;
    verify(&app, &ada).await;
    provider.says().tenant = Some(TENANT.to_owned());
    // `email_verified` is what any tenant says; only `xms_edov` tells of the domain's owner.
    for claim in [Value::Null, json!(false), json!("true"), json!(1), json!("1")] {
        provider.claims(json!({ "email_verified": true, "xms_edov": claim }));
        let refused = enter(&app, &provider, "microsoft").await;
        refused.expect_problem(403, "PROVIDER_EMAIL_UNVERIFIED");
    }
    provider.claims(json!({ "xms_edov": true }));
    let entered = enter(&app, &provider, "microsoft").await.expect(200);
    assert_eq!(me(&app, &entered).await["id"], ada.id);
}

#[tokio::test]
async fn a_tenant_speaks_for_itself_only() {
    let provider = FakeProvider::start();
    let app = as_presets(&provider).await;
    provider.says().tenant = Some(TENANT.to_owned());
    provider.claims(json!({ "xms_edov": true }));
    let first = enter(&app, &provider, "microsoft").await.expect(200);
    let first = me(&app, &first).await["id"].clone();
    let other = "9188040d-6c67-4c5b-b112-36a304b66dad";
    let wrong = [
        json!({ "tid": other }),
        json!({ "tid": null }),
        json!({ "tid": "common" }),
        json!({ "tid": format!("{TENANT}/../{other}") }),
        json!({ "iss": format!("{}/{other}/v2.0", provider.url) }),
        json!({ "iss": format!("{}/{{tenantid}}/v2.0", provider.url) }),
    ];
    for claims in wrong {
        provider.claims(claims.clone());
        let refused = enter(&app, &provider, "microsoft").await;
        assert_eq!(refused.status(), 403, "{claims} was believed");
        refused.expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
    // The same subject of another tenant is another person.
    provider.says().tenant = Some(other.to_owned());
    provider.claims(json!({ "email": "eve@example.com", "xms_edov": true }));
    let second = enter(&app, &provider, "microsoft").await.expect(200);
    assert_ne!(me(&app, &second).await["id"], first);
}

#[tokio::test]
async fn an_address_that_is_told_only_when_asked_counts_if_it_is_about_the_same_person() {
    let (app, provider) = start().await;
    let told = |info: Value| json!({ "email": null, "email_verified": null, "user_info": info });
    for info in [
        json!({ "sub": "eve", "email": "ada@example.com", "email_verified": true }),
        json!({ "email": "ada@example.com", "email_verified": true }),
        json!(["ada"]),
    ] {
        provider.claims(told(info.clone()));
        let refused = sign_in(&app, &provider).await;
        assert_eq!(refused.status(), 403, "{info} was believed");
        refused.expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
    for verified in [json!(false), json!("true"), Value::Null] {
        provider.claims(told(
            json!({ "sub": "ada", "email": "ada@example.com", "email_verified": verified }),
        ));
        let refused = sign_in(&app, &provider).await;
        refused.expect_problem(403, "PROVIDER_EMAIL_UNVERIFIED");
    }
    let info =
        json!({ "sub": "ada", "email": "ada@example.com", "email_verified": true, "family_name": "L" });
    provider.claims(told(info));
    let ada = me(&app, &sign_in(&app, &provider).await.expect(200)).await;
    assert_eq!(
        (&ada["email"], &ada["last_name"]),
        (&json!("ada@example.com"), &json!("L"))
    );
    // What an ID token says is signed, and not asked for again.
    provider.claims(json!({ "email_verified": false, "sub": "other", "user_info":
        { "sub": "other", "email": "ada@example.com", "email_verified": true } }));
    let refused = sign_in(&app, &provider).await;
    refused.expect_problem(403, "PROVIDER_EMAIL_UNVERIFIED");
}

#[tokio::test]
async fn a_provider_that_signs_with_rsa_is_believed_and_no_other_algorithm_of_its() {
    let (app, provider) = start().await;
    provider.take_rsa_key();
    sign_in(&app, &provider).await.expect(200);
    // An RSA key verifies no token that claims to be of another kind.
    for algorithm in ["none", "HS256", "ES256"] {
        provider.says().algorithm = algorithm;
        let refused = sign_in(&app, &provider).await;
        refused.expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
}
