//! Answers that travel packed.

use mainstay_testkit::TestApp;

#[tokio::test]
async fn large_answers_are_packed_as_the_client_likes() {
    let app = TestApp::start().await;
    let plain = app.get("/openapi.json").send().await.expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    for (encoding, magic) in [
        ("gzip", &[0x1f_u8, 0x8b][..]),
        ("zstd", &[0x28, 0xb5, 0x2f, 0xfd]),
        ("br", &[]),
    ] {
        let packed = app
            .get("/openapi.json")
            .header("accept-encoding", encoding)
            .send()
            .await
            .expect(200);
        assert_eq!(packed.header("content-encoding"), Some(encoding));
        assert!(packed.bytes().starts_with(magic), "{encoding}");
        assert!(packed.bytes().len() < plain.bytes().len() / 2, "{encoding}");
        assert!(
            packed
                .header("vary")
                .unwrap()
                .to_lowercase()
                .contains("accept-encoding")
        );
    }
}

#[tokio::test]
async fn small_answers_and_problems_stay_plain() {
    let app = TestApp::start().await;
    let health = app
        .get("/health")
        .header("accept-encoding", "gzip, br")
        .send()
        .await
        .expect(200);
    assert_eq!(health.header("content-encoding"), None);
    assert_eq!(health.json()["status"], "healthy");
    let missing = app
        .get("/nowhere")
        .header("accept-encoding", "gzip, br")
        .send()
        .await;
    missing.expect_problem(404, "NOT_FOUND");
}
