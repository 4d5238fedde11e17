//! Where a request came from, and its id.

use actix_web::{http::header::HeaderMap, test::TestRequest};
use mainstay_api::extract::TrustedProxies;

use crate::support::{send, send_to, settings, state};

const PROXIES: [&str; 3] = ["10.0.0.0/8", "192.0.2.7", "fd00::/8"];

fn client(peer: &str, header: &str, value: &str) -> String {
    let proxies = TrustedProxies::parse(&PROXIES).unwrap();
    let request = TestRequest::get().insert_header((header, value)).to_srv_request();
    let headers: &HeaderMap = request.headers();
    proxies
        .client_ip(Some(peer.parse().unwrap()), headers)
        .unwrap()
        .to_string()
}

#[test]
fn forwarding_headers_count_only_from_trusted_proxies() {
    let forwarded = "x-forwarded-for";
    assert_eq!(client("203.0.113.9:1", forwarded, "1.1.1.1"), "203.0.113.9");
    assert_eq!(client("10.1.2.3:1", forwarded, "1.1.1.1"), "1.1.1.1");
    assert_eq!(
        client("10.1.2.3:1", forwarded, "6.6.6.6, 1.1.1.1, 192.0.2.7"),
        "1.1.1.1"
    );
    assert_eq!(
        client("10.1.2.3:1", forwarded, "1.1.1.1, nonsense, 10.0.0.2"),
        "10.0.0.2"
    );
    assert_eq!(client("10.1.2.3:1", forwarded, "10.0.0.9"), "10.0.0.9");
    assert_eq!(client("[::ffff:10.1.2.3]:1", forwarded, "1.1.1.1"), "1.1.1.1");
    assert_eq!(client("[fd00::1]:1", forwarded, "2001:db8::5"), "2001:db8::5");
    assert_eq!(client("[2001:db8::1]:1", forwarded, "1.1.1.1"), "2001:db8::1");
}

#[test]
fn the_standard_forwarded_header_is_understood_too() {
    let read = |value| client("10.1.2.3:1", "forwarded", value);
    assert_eq!(read("for=1.1.1.1;proto=https"), "1.1.1.1");
    assert_eq!(read("For=\"[2001:db8::5]:4711\", for=192.0.2.7"), "2001:db8::5");
    assert_eq!(read("for=6.6.6.6, for=_hidden"), "10.1.2.3");
}

#[test]
fn a_forwarded_header_that_slipped_through_a_proxy_is_ignored() {
    let proxies = TrustedProxies::parse(&PROXIES).unwrap();
    let request = TestRequest::get()
        .insert_header(("forwarded", "for=6.6.6.6"))
        .insert_header(("x-forwarded-for", "198.51.100.4"))
        .to_srv_request();
    let client = proxies.client_ip(Some("10.0.0.1:5".parse().unwrap()), request.headers());
    assert_eq!(client.unwrap().to_string(), "198.51.100.4");
}

#[test]
fn networks_that_make_no_sense_are_refused() {
    for entry in ["10.0.0.0/33", "::/129", "proxy", "10.0.0.0/x", ""] {
        assert!(TrustedProxies::parse(&[entry]).is_err(), "{entry}");
    }
    assert!(TrustedProxies::parse(&["0.0.0.0/0", "::/0"]).is_ok());
}

#[actix_web::test]
async fn the_origin_of_a_request_reaches_the_handler() {
    let mut settings = settings();
    settings.trusted_proxies = TrustedProxies::parse(&PROXIES).unwrap();
    let request = TestRequest::get()
        .uri("/origin")
        .peer_addr("10.0.0.1:5".parse().unwrap())
        .insert_header(("x-forwarded-for", "198.51.100.4"))
        .insert_header(("user-agent", "a".repeat(300)))
        .insert_header(("x-correlation-id", "from-client"));
    let origin = send_to(&settings, &state(), request).await.json();
    assert_eq!(origin["ip"], "198.51.100.4");
    assert_eq!(origin["user_agent"].as_str().unwrap().len(), 255);
    assert_eq!(origin["request_id"], "from-client");
}

#[actix_web::test]
async fn request_ids_are_taken_only_when_harmless() {
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let cases = [
        ("x-request-id", "ok_1.2-3", "ok_1.2-3"),
        ("traceparent", trace, "4bf92f3577b34da6a3ce929d0e0e4736"),
    ];
    for (name, value, expected) in cases {
        let answer = send(TestRequest::get().uri("/health").insert_header((name, value))).await;
        assert_eq!(answer.header("x-request-id"), expected);
    }
    let long = "a".repeat(129);
    for value in ["a b", "a\"b", "", long.as_str()] {
        let answer = send(
            TestRequest::get()
                .uri("/health")
                .insert_header(("x-request-id", value)),
        )
        .await;
        let id = uuid::Uuid::parse_str(answer.header("x-request-id")).unwrap();
        assert_eq!(id.get_version_num(), 7, "{value}");
    }
}
