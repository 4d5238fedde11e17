//! The same application behind a real socket: errors that lost their request, and HEAD.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use actix_web::{HttpServer, rt, web};
use mainstay_api::{
    HttpSettings,
    app::{Routes, build_app},
};

use crate::{
    product,
    support::{impatient, settings, state},
};

fn serve(settings: HttpSettings) -> SocketAddr {
    let state = state();
    let server = HttpServer::new(move || {
        let products: [Routes; 1] = [Arc::new(product::configure)];
        build_app(&settings, &state, &products)
    })
    .workers(1)
    .disable_signals()
    .bind("127.0.0.1:0")
    .unwrap();
    let address = server.addrs()[0];
    rt::spawn(server.run());
    address
}

async fn exchange(address: SocketAddr, request: String) -> String {
    let read = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
        let _ = stream.write_all(request.as_bytes());
        // Whoever is refused early may find the connection still open, or cut.
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    web::block(read).await.unwrap()
}

fn request(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

#[actix_web::test]
async fn panics_and_timeouts_are_problems_on_the_wire_too() {
    let cases = [
        (settings(), "/panic", "500", "INTERNAL"),
        (impatient(), "/slow", "503", "TIMEOUT"),
    ];
    for (settings, path, status, code) in cases {
        let answer = exchange(serve(settings), request("GET", path)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
        assert!(
            answer
                .to_lowercase()
                .contains("content-type: application/problem+json"),
            "{answer}"
        );
        assert!(answer.to_lowercase().contains("x-request-id: "), "{answer}");
    }
}

#[actix_web::test]
async fn head_has_the_headers_of_get_without_the_body() {
    let address = serve(settings());
    for path in ["/large", "/nowhere", "/redoc"] {
        let answer = exchange(address, request("HEAD", path)).await;
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
        assert!(!answer.to_lowercase().contains("content-length: 0"), "{answer}");
    }
}

#[actix_web::test]
async fn a_body_without_declared_length_is_still_limited() {
    let address = serve(settings());
    let head = "POST /notes HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("{:x}\r\n{}\r\n", 0x8000, " ".repeat(0x8000));
    let answer = exchange(address, format!("{head}{}", chunk.repeat(33))).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("PAYLOAD_TOO_LARGE"), "{answer}");
}
