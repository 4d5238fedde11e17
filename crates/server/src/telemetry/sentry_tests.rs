//! Reports, and a Sentry that fails, stalls and returns.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{sync::atomic::Ordering, time::Instant};

use serde_json::Value;
use tracing_subscriber::{Registry, layer::SubscriberExt};

use super::*;
use crate::{
    config::Dsn,
    telemetry::{
        collector_stub::{LONG, STALL, Stub, eventually},
        line::LineLayer,
        output::Worker,
    },
};

struct Reporting {
    queue: Arc<Queue>,
    sent: Arc<Shipped>,
    worker: Worker,
    format: LineFormat,
}

impl Reporting {
    fn to(stub: &Stub, patience: Duration) -> Self {
        let reports = Reports {
            dsn: Dsn {
                url: format!("{}/api/7/envelope/", stub.url),
                key: "abc123".to_owned(),
            },
            release: "shop@1.2.3".to_owned(),
            environment: "staging".to_owned(),
        };
        let sent = Arc::new(Shipped::default());
        let mut shipper = shipper_within(patience, &reports, Arc::clone(&sent)).unwrap();
        shipper.retries = [Duration::from_millis(1); 3];
        let queue = Arc::new(queue());
        let worker = Worker::start("sentry-test", Arc::clone(&queue), move |queue| {
            shipper.work(queue)
        });
        Self {
            queue,
            sent,
            worker: worker.unwrap(),
            format: line_format(&reports),
        }
    }

    fn during(&self, talk: impl FnOnce()) {
        let layer = LineLayer::new(vec![(self.format.clone(), Arc::clone(&self.queue))]);
        tracing::subscriber::with_default(Registry::default().with(layer), talk);
    }

    fn end(self) {
        self.worker.close();
        self.worker.wait_until(Instant::now() + LONG);
    }
}

/// Heads and events of the envelopes that were taken.
fn events(stub: &Stub) -> Vec<(String, Value)> {
    let taken = stub.seen.taken.lock().unwrap();
    let event = |(head, body): &(String, Value)| {
        let envelope = body.as_array().unwrap();
        assert_eq!(envelope.len(), 3, "{body}");
        assert_eq!(envelope[1]["type"], "event");
        assert_eq!(envelope[0]["event_id"], envelope[2]["event_id"]);
        (head.clone(), envelope[2].clone())
    };
    taken.iter().map(event).collect()
}

#[test]
fn an_error_is_reported_with_its_request_route_and_code_and_nothing_else_is() {
    let stub = Stub::start(200);
    let reporting = Reporting::to(&stub, LONG);
    reporting.during(|| {
        let request = tracing::info_span!(
            "http.request",
            method = "GET",
            route = "/api/v1/users/{id}",
            request_id = "r-1"
        );
        let _request = request.enter();
        tracing::warn!("no report");
        tracing::error!(code = "INTERNAL", reason = "it is 'broken'", "internal failure");
        tracing::error!(target: "mainstay::panic", panic = "index 5 is out of 3", "a thread panicked");
        tracing::info!("no report either");
    });
    reporting.end();
    let events = events(&stub);
    assert_eq!(events.len(), 2);
    let (head, error) = &events[0];
    assert!(head.starts_with("POST /api/7/envelope/ "), "{head}");
    assert!(head.contains("sentry_key=abc123"), "{head}");
    assert!(head.contains("application/x-sentry-envelope"), "{head}");
    assert_eq!(error["event_id"].as_str().unwrap().len(), 32);
    assert!(error["timestamp"].as_f64().unwrap() > 1.7e9, "{error}");
    assert_eq!(
        (&error["level"], &error["release"]),
        (&"error".into(), &"shop@1.2.3".into())
    );
    assert_eq!(error["environment"], "staging");
    assert_eq!(error["transaction"], "/api/v1/users/{id}");
    assert_eq!(error["logentry"]["formatted"], "internal failure");
    assert_eq!(error["tags"]["request_id"], "r-1");
    assert_eq!(error["tags"]["code"], "INTERNAL");
    assert_eq!(error["extra"]["reason"], "it is '…'");
    assert_eq!(error["fingerprint"].as_array().unwrap().len(), 3);
    let (_, panic) = &events[1];
    assert_eq!(panic["level"], "fatal");
    assert_eq!(panic["exception"]["values"][0]["value"], "index 5 is out of 3");
    assert_ne!(panic["event_id"], error["event_id"]);
}

#[test]
fn nothing_about_a_person_and_no_secret_is_ever_in_a_report() {
    const CANARIES: [&str; 10] = [
        "canary.mail@example.com",
        "canary-password",
        "canary-token-1a2b3c4d5e6f7a8b9c",
        "canary-name",
        "192.0.2.77",
        "2001:db8::77",
        "0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e",
        "/canary/path",
        "+4917012345678",
        "canary-body",
    ];
    let [mail, password, token, name, ip, ip6, id, path, phone, body] = CANARIES;
    let stub = Stub::start(200);
    let reporting = Reporting::to(&stub, LONG);
    reporting.during(|| {
        let request = tracing::info_span!(
            "http.request",
            method = "PUT",
            user_id = id,
            session_id = id,
            request_id = "r-1",
            email = mail,
            client_ip = ip,
            path,
        );
        let _request = request.enter();
        tracing::error!(email = mail, password, token, user_name = name, body, "failed");
        tracing::error!(error = %format!("Duplicate entry '{name}' for key"), "failed");
        tracing::error!(error = %format!("550 <{mail}>: {phone} at {ip} and {ip6}"), "failed");
        tracing::error!(reason = ?Some(body), "failed for {mail} with {token}");
        tracing::error!(error = ?(name, password), url = path, bucket = name, "failed");
        tracing::error!(target: "mainstay::panic", panic = %format!("no {mail}, {id}: {name:?}"), "a thread panicked");
        tracing::error!(kind = "mail", id, subject = name, status = body, "a job was given up");
    });
    reporting.end();
    assert_eq!(events(&stub).len(), 7);
    for (head, event) in &*stub.seen.taken.lock().unwrap() {
        let shown = format!("{head}{event}");
        for canary in CANARIES {
            assert!(!shown.contains(canary), "{canary} is in {shown}");
        }
        assert!(shown.contains("r-1"), "{shown}");
    }
}

#[test]
fn a_sentry_that_fails_stalls_and_returns_holds_up_nobody_and_lost_reports_are_counted() {
    let stub = Stub::start(503);
    let reporting = Reporting::to(&stub, Duration::from_millis(100));
    reporting.during(|| tracing::error!("one"));
    eventually("the end of all tries", || reporting.sent.failed() == 1);
    assert_eq!(stub.seen.requests.load(Ordering::SeqCst), 4);
    stub.says(STALL);
    reporting.during(|| {
        for _ in 0..20_000 {
            tracing::error!(error = "it is the same again and again", "many");
        }
    });
    assert!(
        reporting.queue.dropped() > 10_000,
        "{}",
        reporting.queue.dropped()
    );
    eventually("a report that was given up", || reporting.sent.failed() > 1);
    stub.says(200);
    eventually("reports after its return", || reporting.sent.taken() > 0);
    let (queue, sent) = (Arc::clone(&reporting.queue), Arc::clone(&reporting.sent));
    reporting.end();
    assert_eq!(sent.taken() + sent.failed() + queue.dropped(), 20_001);
    assert_eq!(events(&stub).len() as u64, sent.taken());
}
