//! A browser that signs in with a provider.

use mainstay_testkit::{LoggedIn, TestApp, TestAppBuilder, TestResponse};
use serde_json::{Value, json};

use crate::support::FakeProvider;

pub const APP: &str = "https://app.example.com/signed-in";

/// `auth.providers` with one provider in several shapes.
pub fn provider_settings(provider: &FakeProvider) -> String {
    let client =
        json!({ "issuer": provider.url, "client_id": "mainstay", "client_secret": "a client secret" });
    let form = json!({ "form_post": true, "issuer": provider.url, "client_id": "mainstay", "client_secret": "a client secret" });
    let github = json!({ "issuer": provider.url, "api_url": provider.url, "client_id": "mainstay", "client_secret": "a client secret" });
    json!({ "fake": client, "other": client, "posting": form, "github": github }).to_string()
}

pub fn with_provider(provider: &FakeProvider) -> TestAppBuilder {
    TestApp::with("auth.providers", &provider_settings(provider)).with("auth.oauth_redirect_uris", APP)
}

pub async fn start() -> (TestApp, FakeProvider) {
    let provider = FakeProvider::start();
    let app = with_provider(&provider).start().await;
    (app, provider)
}

/// A browser on its way to the provider and back.
pub struct Journey {
    pub cookie: Option<String>,
    pub location: String,
}

pub async fn begin_at(app: &TestApp, provider: &str, query: &str) -> Journey {
    let path = format!("/api/v1/auth/oauth/{provider}/authorize{query}");
    let answer = app.get(&path).send().await.expect(302);
    let cookie = answer
        .header("set-cookie")
        .map(|set| set.split(';').next().unwrap().to_owned());
    Journey {
        cookie,
        location: answer.location().to_owned(),
    }
}

pub async fn begin(app: &TestApp) -> Journey {
    begin_at(app, "fake", "").await
}

impl Journey {
    pub async fn back(&self, app: &TestApp, provider: &FakeProvider) -> TestResponse {
        let (state, code) = provider.log_in(&self.location);
        self.back_with(app, &format!("state={state}&code={code}")).await
    }

    pub async fn back_with(&self, app: &TestApp, query: &str) -> TestResponse {
        let mut request = app.get(&format!("/api/v1/auth/oauth/fake/callback?{query}"));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        request.send().await
    }
}

pub async fn sign_in(app: &TestApp, provider: &FakeProvider) -> TestResponse {
    begin(app).await.back(app, provider).await
}

pub async fn me(app: &TestApp, answer: &TestResponse) -> Value {
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    app.get("/api/v1/users/me")
        .bearer(&token)
        .send()
        .await
        .expect(200)
        .json()
}

pub async fn verify(app: &TestApp, user: &LoggedIn) {
    let users = app.context().store.read().users();
    let mut stored = users.find(user.id.parse().unwrap()).await.unwrap().unwrap();
    stored.email_verified = true;
    assert!(users.update(&stored).await.unwrap());
}
