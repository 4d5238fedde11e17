//! Who may do what.

use actix_web::test::TestRequest;

use crate::support::{Answer, send};

const NOTE: &str = "/notes/00000000-0000-0000-0000-000000000001";

async fn who(authorization: &str) -> Answer {
    send(
        TestRequest::get()
            .uri("/who")
            .insert_header(("authorization", authorization)),
    )
    .await
}

#[actix_web::test]
async fn a_request_without_a_token_is_challenged_without_an_error() {
    let answer = send(TestRequest::get().uri("/who?access_token=reader")).await;
    assert_eq!(answer.problem(), "UNAUTHENTICATED");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[actix_web::test]
async fn a_token_that_is_not_valid_is_challenged_with_an_error() {
    let invalid = "Bearer error=\"invalid_token\"";
    for (sent, challenge) in [
        ("Bearer wrong", invalid),
        ("Basic reader", "Bearer"),
        ("reader", "Bearer"),
    ] {
        let answer = who(sent).await;
        assert_eq!(answer.problem(), "UNAUTHENTICATED", "{sent}");
        assert_eq!(answer.header("www-authenticate"), challenge, "{sent}");
    }
    assert_eq!(who("Bearer expired").await.problem(), "TOKEN_EXPIRED");
    assert_eq!(who("bearer reader").await.status.as_u16(), 200);
}

#[actix_web::test]
async fn an_api_key_passes_where_a_permission_or_anybody_known_is_asked_for() {
    for path in ["/who", "/whoever"] {
        let request = TestRequest::get()
            .uri(path)
            .insert_header(("authorization", "Bearer reader"));
        assert_eq!(send(request).await.status.as_u16(), 200, "{path}");
    }
    assert_eq!(who("Bearer robot").await.problem(), "SESSION_REQUIRED");
    for request in [
        TestRequest::get().uri("/whoever"),
        TestRequest::delete().uri(NOTE),
    ] {
        let answer = send(request.insert_header(("authorization", "Bearer robot"))).await;
        assert_eq!(answer.status.as_u16(), 200);
    }
}

#[actix_web::test]
async fn a_caller_without_the_permission_is_told_which_one() {
    let denied = TestRequest::delete()
        .uri(NOTE)
        .insert_header(("authorization", "Bearer nobody"));
    let answer = send(denied).await;
    assert_eq!(answer.problem(), "PERMISSION_DENIED");
    assert!(answer.body.contains("users:read"), "{}", answer.body);
    let allowed = TestRequest::delete()
        .uri(NOTE)
        .insert_header(("authorization", "Bearer reader"));
    assert_eq!(send(allowed).await.status.as_u16(), 200);
}
