//! What a collector of traces gets to see, and that it holds nobody up.
#![cfg(feature = "traces")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value,
    trace::v1::{Span, span::SpanKind},
};
use prost::Message;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// A collector that takes everything and passes it on.
fn collector() -> (u16, Receiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (taken, seen) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, taken) = (stream.unwrap(), taken.clone());
            std::thread::spawn(move || {
                while let Some(body) = read_request(&stream) {
                    let sent = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
                    stream
                        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                        .unwrap();
                    let _ = taken.send(sent);
                }
            });
        }
    });
    (port, seen)
}

/// The body of the next request; nothing at the end.
fn read_request(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    for number in 0.. {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if number == 0 {
            assert!(line.starts_with("POST /v1/traces "), "{line}");
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn serve(dir: &Path, collector: u16, percent: &str) -> (Child, u16) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let endpoint = format!("http://127.0.0.1:{collector}/");
    let mut child = Command::new(env!("CARGO_BIN_EXE_mainstay"))
        .arg("serve")
        .current_dir(dir)
        .env_clear()
        .envs([
            ("PORT", port.to_string().as_str()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
            ("OTEL_SERVICE_NAME", "shop"),
            ("MAINSTAY_TRACES__SAMPLE_PERCENT", percent),
            ("MAINSTAY_LOG__LEVEL", "warn"),
        ])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(child.try_wait().unwrap().is_none(), "it ended at once");
        std::thread::sleep(Duration::from_millis(10));
    }
    (child, port)
}

/// Registers somebody, with this header.
fn register(port: u16, header: &str) {
    let body = r#"{"email":"ada@example.com","password":"correct horse battery staple"}"#;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "POST /api/v1/auth/register HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{header}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

/// Asks the server to end; it must do so in order.
fn end(mut server: Child) {
    let id = server.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert!(server.wait().unwrap().success());
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn text(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_is_a_part_of_its_callers_trace_down_to_the_statements() {
    let dir = tempfile::tempdir().unwrap();
    let (collector, seen) = collector();
    let (server, port) = serve(dir.path(), collector, "0");
    register(port, &format!("traceparent: 00-{TRACE}-{CALLER}-01"));
    end(server);
    let sent: Vec<_> = seen.try_iter().flat_map(|sent| sent.resource_spans).collect();
    for of_service in &sent {
        let resource = format!("{:?}", of_service.resource);
        assert!(
            resource.contains("service.name") && resource.contains("shop"),
            "{resource}"
        );
    }
    let spans = sent.into_iter().flat_map(|sent| sent.scope_spans);
    let spans: Vec<Span> = spans.flat_map(|scope| scope.spans).collect();
    // Nothing else was asked for by a caller that wants to see it.
    assert!(
        spans.iter().all(|span| hex(&span.trace_id) == TRACE),
        "{spans:#?}"
    );
    let root = spans.iter().find(|span| hex(&span.parent_span_id) == CALLER);
    let root = root.expect("the request's own span");
    assert_eq!(root.name, "POST /api/v1/auth/register");
    assert_eq!(root.kind, SpanKind::Server as i32);
    assert_eq!(text(root, "http.response.status_code").as_deref(), Some("201"));
    assert_eq!(text(root, "http.route").as_deref(), Some("/api/v1/auth/register"));
    let named = |name: &str| spans.iter().find(|span| span.name == name);
    let service = named("auth.register").expect("the use case");
    assert_eq!(service.parent_span_id, root.span_id);
    assert!(named("db.users.insert").is_some(), "{spans:#?}");
    let shown = format!("{spans:?}");
    assert!(!shown.contains("correct horse") && !shown.contains("ada@example.com"));
}

#[test]
fn a_queued_job_goes_on_with_the_trace_of_the_request_that_wrote_it() {
    let dir = tempfile::tempdir().unwrap();
    let (collector, seen) = collector();
    let (server, port) = serve(dir.path(), collector, "0");
    register(port, &format!("traceparent: 00-{TRACE}-{CALLER}-01"));
    let spans_of = |sent: ExportTraceServiceRequest| {
        let scopes = sent.resource_spans.into_iter().flat_map(|sent| sent.scope_spans);
        scopes.flat_map(|scope| scope.spans)
    };
    let mut spans = Vec::<Span>::new();
    let is_job = |span: &Span| span.kind == SpanKind::Consumer as i32;
    while !spans.iter().any(is_job) {
        let sent = seen.recv_timeout(Duration::from_secs(60)).expect("a job");
        spans.extend(spans_of(sent));
    }
    end(server);
    spans.extend(seen.try_iter().flat_map(spans_of));
    let job = spans.iter().find(|span| is_job(span)).unwrap();
    assert_eq!(
        (job.name.as_str(), hex(&job.trace_id)),
        ("queued_job", TRACE.to_owned())
    );
    // The use case wrote it, within the request.
    let use_case = spans.iter().find(|span| span.span_id == job.parent_span_id);
    let use_case = use_case.expect("the span that wrote the job");
    assert!(use_case.kind != SpanKind::Consumer as i32, "{use_case:#?}");
    let request = spans.iter().find(|span| span.kind == SpanKind::Server as i32);
    assert_eq!(hex(&request.expect("the request").parent_span_id), CALLER);
}

#[test]
fn without_a_caller_who_wants_it_only_a_sample_is_traced() {
    let dir = tempfile::tempdir().unwrap();
    let (collector, seen) = collector();
    let (server, port) = serve(dir.path(), collector, "0");
    register(port, "X-Nothing: here");
    end(server);
    assert_eq!(seen.try_iter().count(), 0);
    let dir = tempfile::tempdir().unwrap();
    let (server, port) = serve(dir.path(), collector, "100");
    register(port, &format!("traceparent: 00-{TRACE}-{CALLER}-00"));
    ask_for_nothing(port);
    end(server);
    let sent = seen.try_iter().flat_map(|sent| sent.resource_spans);
    let spans = sent
        .flat_map(|sent| sent.scope_spans)
        .flat_map(|scope| scope.spans);
    let requests: Vec<_> = spans
        .filter(|span| span.kind == SpanKind::Server as i32)
        .collect();
    // The caller of the first one did not want it; nobody said so of the second.
    assert_eq!(requests.len(), 1, "{requests:#?}");
    assert_ne!(hex(&requests[0].trace_id), TRACE);
}

fn ask_for_nothing(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET /api/v1/nothing HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[test]
fn a_collector_that_never_answers_holds_nobody_up() {
    let dir = tempfile::tempdir().unwrap();
    // Connections are made, and nobody reads what comes.
    let stalled = TcpListener::bind("127.0.0.1:0").unwrap();
    let (server, port) = serve(dir.path(), stalled.local_addr().unwrap().port(), "100");
    register(port, "X-Nothing: here");
    let begun = Instant::now();
    end(server);
    // The last words may take five seconds, and the rest of the end some more on a busy machine.
    assert!(begun.elapsed() < Duration::from_secs(60));
}
