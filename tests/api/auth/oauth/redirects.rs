//! Where a browser is never sent, and signatures that only look like some.

use mainstay_testkit::TestApp;

use super::support::*;

/// What parsers disagree about. The list has [`APP`] only.
const ELSEWHERE: [&str; 14] = [
    "https://app.example.com@evil.example/signed-in",
    "https://app.example.com:443@evil.example/signed-in",
    "https://app.example.com.evil.example/signed-in",
    "https://app.example.com%2eevil.example/signed-in",
    "https://app.example.com:443/signed-in",
    "HTTPS://app.example.com/signed-in",
    "https://APP.example.com/signed-in",
    "https://app.example.com/signed-in/../admin",
    "https://app.example.com/signed-in#x",
    "https:/app.example.com/signed-in",
    "https:\\\\evil.example/signed-in",
    "//evil.example/signed-in",
    "javascript:alert(1)//https://app.example.com/signed-in",
    " https://app.example.com/signed-in",
];

async fn asked_to_go_to(app: &TestApp, uri: &str) -> u16 {
    let url = reqwest::Url::parse_with_params("http://x/", [("redirect_uri", uri)]).unwrap();
    let path = format!("/api/v1/auth/oauth/fake/authorize?{}", url.query().unwrap());
    app.get(&path).send().await.status()
}

#[tokio::test]
async fn an_address_that_only_looks_like_a_listed_one_is_refused() {
    let (app, _provider) = start().await;
    assert_eq!(asked_to_go_to(&app, APP).await, 302);
    for uri in ELSEWHERE {
        assert_eq!(asked_to_go_to(&app, uri).await, 422, "{uri}");
    }
}

#[tokio::test]
async fn a_signature_of_zeros_or_without_its_half_is_none() {
    let (app, provider) = start().await;
    for signature in [vec![0; 64], vec![0; 32], Vec::new(), vec![0xff; 64]] {
        provider.says().signature = Some(signature);
        let refused = sign_in(&app, &provider).await;
        refused.expect_problem(403, "OAUTH_ANSWER_INVALID");
    }
    provider.says().signature = None;
    sign_in(&app, &provider).await.expect(200);
}
