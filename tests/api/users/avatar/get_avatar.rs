//! Seeing an avatar.

use image::ImageFormat;
use mainstay_testkit::TestApp;

use super::pictures::{edges, flag, png, see, set, written};

#[tokio::test]
async fn an_avatar_comes_in_four_sizes_and_is_never_enlarged() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let large = set(&ada, written(&flag(800, 900), ImageFormat::Png)).await;
    for size in [64, 128, 256, 512] {
        let seen = see(&app, &format!("{large}?size={size}")).await.expect(200);
        assert_eq!(edges(&seen), (size, size));
        assert_eq!(
            seen.header("content-length"),
            Some(seen.bytes().len().to_string().as_str())
        );
    }
    for wrong in [
        "size=100",
        "size=",
        "size=512.0",
        "size=-64",
        "size=64&size=64",
        "colour=red",
    ] {
        let answer = see(&app, &format!("{large}?{wrong}")).await;
        answer.expect_problem(422, "VALIDATION_FAILED");
    }
    let small = set(&ada, written(&flag(100, 300), ImageFormat::Png)).await;
    for (size, edge) in [(64, 64), (128, 100), (512, 100)] {
        let seen = see(&app, &format!("{small}?size={size}")).await.expect(200);
        assert_eq!(edges(&seen), (edge, edge));
    }
}

#[tokio::test]
async fn caches_may_keep_an_avatar_and_need_not_fetch_it_twice() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let address = set(&ada, png()).await;
    let seen = see(&app, &address).await.expect(200);
    let cache = Some("public, max-age=86400, immutable");
    assert_eq!(seen.header("cache-control"), cache);
    assert_eq!(seen.header("x-content-type-options"), Some("nosniff"));
    assert!(
        seen.header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
    assert_eq!(seen.header("content-encoding"), None);
    assert_eq!(
        seen.header("content-disposition"),
        Some("inline; filename=\"avatar.jpg\"")
    );
    let again = app
        .get(&address)
        .header("if-none-match", seen.etag())
        .send()
        .await;
    let again = again.expect(304);
    assert_eq!(
        (again.etag(), again.header("cache-control")),
        (seen.etag(), cache)
    );
    assert!(again.bytes().is_empty());
    let other = app.get(&format!("{address}?size=64"));
    other
        .header("if-none-match", seen.etag())
        .send()
        .await
        .expect(200);
    let head = app
        .request(reqwest::Method::HEAD, &address)
        .send()
        .await
        .expect(200);
    assert!(head.bytes().is_empty());
    for name in ["etag", "content-type", "content-length", "cache-control"] {
        assert_eq!(head.header(name), seen.header(name), "{name}");
    }
    // What is gone is gone for those too who have a copy.
    ada.delete(super::pictures::MINE).await.expect(204);
    let gone = app
        .get(&address)
        .header("if-none-match", seen.etag())
        .send()
        .await;
    gone.expect_problem(404, "NOT_FOUND");
    assert_eq!(
        see(&app, &address).await.header("cache-control"),
        Some("no-store")
    );
}

#[tokio::test]
async fn only_active_users_are_seen_and_nobody_learns_why_another_is_not() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada@example.com").await);
    let address = set(&ada, png()).await;
    let never = format!("/api/v1/avatars/{}", uuid::Uuid::now_v7());
    let told = async |address: &str| {
        let mut problem = see(&app, address).await.expect_problem(404, "NOT_FOUND");
        let problem = problem.as_object_mut().unwrap();
        problem.remove("request_id");
        problem.remove("timestamp");
        problem.remove("instance");
        problem.clone()
    };
    let nobody = told(&never).await;
    assert_eq!(
        told(&format!("/api/v1/avatars/{}", ada.id)).await,
        nobody,
        "by the id of a user"
    );
    let switch = async |to: &str| {
        let path = format!("/api/v1/users/{}/{to}", ada.id);
        admin.post(&path).await.expect(200);
    };
    switch("disable").await;
    assert_eq!(told(&address).await, nobody, "switched off");
    switch("enable").await;
    see(&app, &address).await.expect(200);
    let ada = app.login("ada@example.com").await;
    ada.delete(super::pictures::ME).await.expect(204);
    assert_eq!(told(&address).await, nobody, "deleted");
    see(&app, "/api/v1/avatars/ada")
        .await
        .expect_problem(422, "VALIDATION_FAILED");
}
