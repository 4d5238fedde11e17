//! Starting, serving and stopping a server in this process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::Permission;
use mainstay_server::{
    Job, Server,
    config::{Config, Sources},
};
use tokio::sync::Notify;

/// The longest anything is waited for that must happen.
const PATIENCE: Duration = Duration::from_secs(30);

fn config(dir: &tempfile::TempDir) -> Config {
    let url = format!("sqlite://{}/data/app.db", dir.path().display());
    let sources = Sources::none()
        .variable("DATABASE_URL", &url)
        .variable("PORT", "0")
        .variable("MAINSTAY_SERVER__WORKERS", "1")
        .variable("MAINSTAY_SERVER__DRAIN_PAUSE", "300ms");
    Config::load(&sources).unwrap()
}

/// Asks over a connection of its own, off the runtime's threads.
async fn get(addr: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(addr).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    })
    .await
    .unwrap()
}

/// Waits until `wanted` is true.
async fn until(wanted: impl AsyncFn() -> bool, what: &str) {
    let begun = Instant::now();
    while !wanted().await {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Says hello
#[utoipa::path(tag = "test", operation_id = "say_hello", responses((status = 200, description = "Hello")))]
#[get("/api/v1/hello")]
async fn hello() -> HttpResponse {
    HttpResponse::Ok().body("hello")
}

/// Tells that a request is under way, and holds it until the test lets it go.
#[derive(Default)]
struct Gate {
    entered: Notify,
    opened: Notify,
}

/// Says hello once it may
#[utoipa::path(tag = "test", operation_id = "hello_late", responses((status = 200, description = "Hello")))]
#[get("/api/v1/late")]
async fn late(gate: Data<Gate>) -> HttpResponse {
    gate.entered.notify_one();
    gate.opened.notified().await;
    HttpResponse::Ok().body("hello")
}

#[actix_web::test]
async fn a_server_without_any_configuration_answers_and_is_ready() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::builder(config(&dir)).start().await.unwrap();
    assert!(get(server.addr, "/health").await.starts_with("HTTP/1.1 200"));
    assert!(
        get(server.addr, "/health/ready")
            .await
            .starts_with("HTTP/1.1 200")
    );
    assert!(get(server.addr, "/metrics").await.contains("mainstay_build_info"));
    server.stop().await.unwrap();
}

#[actix_web::test]
async fn routes_of_a_product_are_served_and_described() {
    let dir = tempfile::tempdir().unwrap();
    let builder = Server::builder(config(&dir))
        .product("Notes", "7.8.9")
        .routes(|routes, context| {
            assert!(context.config.environment.is_local());
            routes.service(hello);
        });
    let server = builder.start().await.unwrap();
    assert!(get(server.addr, "/api/v1/hello").await.ends_with("hello"));
    assert!(get(server.addr, "/openapi.json").await.contains("say_hello"));
    assert!(
        get(server.addr, "/")
            .await
            .contains(r#""name":"Notes","version":"7.8.9""#)
    );
    server.stop().await.unwrap();
}

#[actix_web::test]
async fn requests_under_way_finish_while_readiness_is_denied() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    // As long as the public port tells of the shutdown.
    config.server.drain_pause = Duration::from_secs(5);
    let gate = Data::new(Gate::default());
    let held = gate.clone();
    let builder = Server::builder(config).routes(move |routes, _| {
        routes.app_data(held.clone()).service(late);
    });
    let server = builder.start().await.unwrap();
    let addr = server.addr;
    let under_way = actix_web::rt::spawn(get(addr, "/api/v1/late"));
    gate.entered.notified().await;
    let stopping = actix_web::rt::spawn(server.stop());
    let denied = async || get(addr, "/health/ready").await.starts_with("HTTP/1.1 503");
    until(denied, "it still claims to be ready").await;
    gate.opened.notify_one();
    assert!(under_way.await.unwrap().ends_with("hello"));
    stopping.await.unwrap().unwrap();
    assert!(TcpStream::connect(addr).is_err());
}

#[actix_web::test]
async fn idle_connections_do_not_hold_the_shutdown_up() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::builder(config(&dir)).start().await.unwrap();
    let mut idle = TcpStream::connect(server.addr).unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    // Idle is a connection whose request was answered.
    let idle = tokio::task::spawn_blocking(move || {
        let read = idle.read(&mut [0; 4096]).unwrap();
        assert!(read > 0, "it was closed without an answer");
        idle
    });
    let idle = idle.await.unwrap();
    let begun = Instant::now();
    server.stop().await.unwrap();
    // Requests under way would have had 30 s, and an idle connection is kept for 75.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    drop(idle);
}

#[actix_web::test]
async fn jobs_run_again_and_again_even_after_failing_or_panicking() {
    let dir = tempfile::tempdir().unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&runs);
    let builder = Server::builder(config(&dir)).jobs(move |_| {
        let runs = Arc::clone(&seen);
        vec![Job::new("clumsy", Duration::from_millis(10), move |_| {
            let run = runs.fetch_add(1, Ordering::SeqCst);
            async move {
                match run {
                    0 => Err("the first run fails".into()),
                    1 => panic!("the second run panics"),
                    _ => Ok(()),
                }
            }
        })]
    });
    let server = builder.start().await.unwrap();
    until(async || runs.load(Ordering::SeqCst) > 3, "the job runs no more").await;
    server.stop().await.unwrap();
}

#[actix_web::test]
async fn permissions_of_a_product_can_be_granted_by_roles() {
    let dir = tempfile::tempdir().unwrap();
    let notes = Permission::new("notes:write");
    let builder = Server::builder(config(&dir)).permissions([notes.clone()]);
    let server = builder.start().await.unwrap();
    assert!(server.services().roles.known_permissions().contains(&notes));
    server.stop().await.unwrap();
}

#[actix_web::test]
async fn an_occupied_port_is_reported_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let occupied = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(&dir);
    config.server.port = occupied.local_addr().unwrap().port();
    let error = Server::builder(config).start().await.err().unwrap();
    assert!(
        error.to_string().starts_with("cannot listen on 127.0.0.1:"),
        "{error}"
    );
}

#[actix_web::test]
async fn a_password_in_the_database_url_is_not_repeated_when_it_is_down() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    config.database.url = "postgres://ada:hush-hush@127.0.0.1:1/app".into();
    config.database.acquire_timeout = Duration::from_millis(200);
    let error = Server::builder(config).start().await.err().unwrap();
    let text = format!("{error:#}");
    assert!(text.contains("the database cannot be reached"), "{text}");
    assert!(!text.contains("hush"), "{text}");
}

#[actix_web::test]
async fn the_management_port_takes_metrics_and_documentation_from_the_public_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    config.server.management_port = Some(0);
    let builder = Server::builder(config).routes(|routes, _| {
        routes.service(hello);
    });
    let server = builder.start().await.unwrap();
    let (public, management) = (server.addr, server.management_addr.unwrap());
    assert_ne!(public, management);
    for path in ["/metrics", "/docs/", "/redoc", "/openapi.json"] {
        assert!(get(management, path).await.starts_with("HTTP/1.1 200"), "{path}");
        assert!(get(public, path).await.starts_with("HTTP/1.1 404"), "{path}");
    }
    for addr in [public, management] {
        for path in ["/health", "/health/ready", "/health/db"] {
            assert!(get(addr, path).await.starts_with("HTTP/1.1 200"), "{path}");
        }
    }
    assert!(get(management, "/openapi.json").await.contains("say_hello"));
    let strangers = ["/api/v1/hello", "/api/v1/users/me"];
    for path in strangers {
        let answer = get(management, path).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    server.stop().await.unwrap();
}

#[actix_web::test]
async fn the_management_port_tells_of_the_shutdown_until_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(&dir);
    config.server.management_port = Some(0);
    config.server.shutdown_timeout = Duration::from_secs(120);
    let gate = Data::new(Gate::default());
    let held = gate.clone();
    let builder = Server::builder(config).routes(move |routes, _| {
        routes.app_data(held.clone()).service(late);
    });
    let server = builder.start().await.unwrap();
    let (public, management) = (server.addr, server.management_addr.unwrap());
    let under_way = actix_web::rt::spawn(get(public, "/api/v1/late"));
    gate.entered.notified().await;
    let stopping = actix_web::rt::spawn(server.stop());
    let closed = async || TcpStream::connect(public).is_err();
    until(closed, "the public port stays open").await;
    assert!(get(management, "/health/ready").await.starts_with("HTTP/1.1 503"));
    assert!(get(management, "/health").await.starts_with("HTTP/1.1 200"));
    gate.opened.notify_one();
    assert!(under_way.await.unwrap().ends_with("hello"));
    stopping.await.unwrap().unwrap();
    assert!(TcpStream::connect(management).is_err());
}

#[actix_web::test]
async fn an_occupied_management_port_is_reported_in_a_sentence_too() {
    let dir = tempfile::tempdir().unwrap();
    let occupied = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(&dir);
    let port = occupied.local_addr().unwrap().port();
    config.server.management_port = Some(port);
    let error = Server::builder(config).start().await.err().unwrap();
    assert_eq!(error.to_string(), format!("cannot listen on 127.0.0.1:{port}"));
}
