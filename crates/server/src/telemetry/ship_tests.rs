//! A collector that fails, stalls and returns.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::time::Instant;

use super::*;
use crate::{
    config::{Config, Sources},
    telemetry::{
        collector_stub::{LONG, STALL, Stub, eventually},
        output::Worker,
    },
};

fn config(protocol: ShipProtocol) -> ShipConfig {
    ShipConfig {
        protocol,
        every: LONG,
        timeout: LONG,
        ..Config::load(&Sources::none()).unwrap().ship
    }
}

struct Shipping {
    queue: Arc<Queue>,
    shipped: Arc<Shipped>,
    worker: Worker,
}

impl Shipping {
    fn start(config: &ShipConfig, url: &str) -> Self {
        let shipped = Arc::new(Shipped::default());
        let mut shipper = Shipper::new(config, url, Arc::clone(&shipped)).unwrap();
        shipper.retries = [Duration::from_millis(1); 3];
        let queue = Arc::new(Queue::new(config.queue_size, gather(config)));
        let worker = Worker::start("ship-test", Arc::clone(&queue), move |queue| shipper.work(queue));
        Self {
            queue,
            shipped,
            worker: worker.unwrap(),
        }
    }

    fn push(&self, numbers: std::ops::Range<u64>) {
        for number in numbers {
            self.queue.push(format!("{{\"number\":{number}}}\n").as_bytes());
        }
    }

    fn taken(&self) -> u64 {
        self.shipped.taken.load(Ordering::SeqCst)
    }

    fn refused(&self) -> u64 {
        self.shipped.refused.load(Ordering::SeqCst)
    }

    fn failed(&self) -> u64 {
        self.shipped.failed.load(Ordering::SeqCst)
    }

    fn end(self) {
        self.worker.close();
        self.worker.wait_until(Instant::now() + LONG);
    }
}

#[test]
fn lines_arrive_once_each_in_batches_over_one_connection_with_credentials() {
    let stub = Stub::start(200);
    let config = ShipConfig {
        username: Some("ada".to_owned()),
        password: Some("secret".into()),
        ..config(ShipProtocol::OpenObserve)
    };
    let shipping = Shipping::start(&config, &stub.url);
    shipping.push(0..2_500);
    shipping.end();
    let numbers: Vec<_> = stub
        .lines()
        .iter()
        .map(|line| line["number"].as_u64().unwrap())
        .collect();
    assert!(numbers.iter().copied().eq(0..2_500), "{} lines", numbers.len());
    assert_eq!(stub.seen.connections.load(Ordering::SeqCst), 1);
    for (head, body) in &*stub.seen.taken.lock().unwrap() {
        assert!(head.starts_with("POST /api/default/mainstay/_json "), "{head}");
        assert!(head.contains("Basic YWRhOnNlY3JldA=="), "{head}");
        assert!(body.as_array().unwrap().len() <= 1_000);
    }
}

#[test]
fn a_single_line_does_not_wait_for_others_for_ever() {
    let stub = Stub::start(200);
    let config = ShipConfig {
        every: Duration::from_millis(50),
        ..config(ShipProtocol::OpenObserve)
    };
    let shipping = Shipping::start(&config, &stub.url);
    shipping.push(0..1);
    eventually("the line", || shipping.taken() == 1);
    shipping.push(1..2);
    eventually("the next line", || shipping.taken() == 2);
}

#[test]
fn what_waits_at_the_end_is_sent_at_once() {
    let stub = Stub::start(200);
    let shipping = Shipping::start(&config(ShipProtocol::OpenObserve), &stub.url);
    shipping.push(0..7);
    assert_eq!(stub.lines().len(), 0);
    shipping.end();
    assert_eq!(stub.lines().len(), 7);
}

#[test]
fn a_collector_that_fails_gets_every_batch_four_times_and_then_the_next() {
    let stub = Stub::start(503);
    let shipping = Shipping::start(&config(ShipProtocol::OpenObserve), &stub.url);
    shipping.push(0..1_000);
    eventually("the end of all tries", || shipping.failed() == 1_000);
    assert_eq!(stub.seen.requests.load(Ordering::SeqCst), 4);
    stub.says(200);
    shipping.push(1_000..2_000);
    eventually("the next batch", || shipping.taken() == 1_000);
    assert_eq!(stub.lines()[0]["number"], 1_000);
}

#[test]
fn a_batch_that_is_refused_for_good_is_not_sent_again() {
    let stub = Stub::start(401);
    let shipping = Shipping::start(&config(ShipProtocol::OpenObserve), &stub.url);
    shipping.push(0..1_000);
    eventually("the refusal", || shipping.failed() == 1_000);
    assert_eq!(stub.seen.requests.load(Ordering::SeqCst), 1);
}

#[test]
fn a_collector_that_stalls_holds_up_nobody_and_memory_stays_bounded_until_it_returns() {
    let stub = Stub::start(STALL);
    let config = ShipConfig {
        timeout: Duration::from_millis(100),
        queue_size: 64 * 1024,
        ..config(ShipProtocol::OpenObserve)
    };
    let shipping = Shipping::start(&config, &stub.url);
    shipping.push(0..100_000);
    // The queue holds 64 KiB, and the shipper as much: the rest had to be dropped.
    assert!(shipping.queue.dropped() > 50_000, "{}", shipping.queue.dropped());
    stub.says(200);
    eventually("lines after its return", || shipping.taken() > 0);
    let Shipping {
        queue,
        shipped,
        worker,
    } = shipping;
    worker.close();
    worker.wait_until(Instant::now() + LONG);
    let (taken, failed) = (
        shipped.taken.load(Ordering::SeqCst),
        shipped.failed.load(Ordering::SeqCst),
    );
    assert_eq!(taken + failed + queue.dropped(), 100_000);
    assert_eq!(stub.lines().len() as u64, taken);
}

#[test]
fn a_collector_of_opentelemetry_gets_records_in_their_envelope() {
    let stub = Stub::start(200);
    let shipping = Shipping::start(&config(ShipProtocol::Otlp), &stub.url);
    shipping.push(0..3);
    shipping.end();
    let taken = stub.seen.taken.lock().unwrap();
    let (head, body) = &taken[0];
    assert!(head.starts_with("POST /v1/logs "), "{head}");
    let records = &body["resourceLogs"][0]["scopeLogs"][0]["logRecords"];
    assert_eq!(records.as_array().unwrap().len(), 3);
}

#[test]
fn lines_that_a_collector_refuses_out_of_a_batch_are_counted_and_not_sent_again() {
    for (protocol, answer) in [
        (
            ShipProtocol::OpenObserve,
            r#"{"code":200,"status":[{"name":"mainstay","successful":993,"failed":7}]}"#,
        ),
        (
            ShipProtocol::Otlp,
            r#"{"partialSuccess":{"rejectedLogRecords":"7","errorMessage":"too old"}}"#,
        ),
    ] {
        let stub = Stub::start(200);
        stub.answers(answer);
        let shipping = Shipping::start(&config(protocol), &stub.url);
        shipping.push(0..1_000);
        eventually("the refused lines", || shipping.refused() == 7);
        assert_eq!((shipping.taken(), shipping.failed()), (993, 0));
        // No more than there were.
        stub.answers(r#"{"status":[{"failed":99999}]}"#);
        shipping.push(0..1_000);
        eventually("the refused batch", || shipping.refused() == 1_007);
        assert_eq!((shipping.taken(), shipping.failed()), (993, 0));
        assert_eq!(stub.seen.requests.load(Ordering::SeqCst), 2);
    }
}
