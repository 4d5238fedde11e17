//! Queues, and outputs that fail and stand still.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{
    fs::File,
    io,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use super::{
    Batch, Gather, Queue, Worker, write_to,
    writer::{Broken, Sink},
};

const EVERY_LINE: Gather = Gather {
    lines: 1,
    octets: 1,
    patience: Duration::ZERO,
};

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Does what it is told: `Err` once for each message, blocks until one comes, goes on when all are gone.
struct Moody {
    orders: Receiver<bool>,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Sink for Moody {
    fn write(&mut self, lines: &[u8]) -> Result<(), Broken> {
        let half = lines.len() / 2;
        if self.orders.recv() == Ok(false) {
            self.written.lock().unwrap().extend_from_slice(&lines[..half]);
            let error = io::ErrorKind::StorageFull.into();
            return Err(Broken { done: half, error });
        }
        self.written.lock().unwrap().extend_from_slice(lines);
        Ok(())
    }
}

#[test]
fn nobody_waits_for_a_disk_that_stands_still_and_lost_lines_are_counted() {
    let (order, orders) = channel();
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Moody {
        orders,
        written: Arc::clone(&written),
    };
    let queue = Arc::new(Queue::new(1_000, EVERY_LINE));
    let worker = Worker::start("test", Arc::clone(&queue), move |queue| {
        write_to(sink, queue, "test")
    })
    .unwrap();
    for number in 0..500 {
        queue.push(format!("line {number:04}\n").as_bytes());
    }
    // At most the batch that the writer holds and a full queue were kept: 200 lines of ten octets.
    assert!(queue.dropped() >= 300, "{}", queue.dropped());
    assert!(written.lock().unwrap().is_empty());
    drop(order);
    worker.close();
    worker.wait_until(Instant::now() + Duration::from_secs(60));
    let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
    assert_eq!(text.lines().count() as u64 + queue.dropped(), 500);
    assert!(text.lines().all(|line| line.len() == 9), "{text}");
}

#[test]
fn a_full_disk_loses_no_line_that_was_taken_and_writing_goes_on_by_itself() {
    let (order, orders) = channel();
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Moody {
        orders,
        written: Arc::clone(&written),
    };
    let queue = Arc::new(Queue::new(100_000, EVERY_LINE));
    let worker = Worker::start("test", Arc::clone(&queue), move |queue| {
        write_to(sink, queue, "test")
    })
    .unwrap();
    let expected: String = (0..100).map(|number| format!("line {number:04}\n")).collect();
    for line in expected.split_inclusive('\n') {
        queue.push(line.as_bytes());
    }
    for works in [false, false, false] {
        order.send(works).unwrap();
    }
    drop(order);
    eventually("the end of the outage", || {
        written.lock().unwrap().len() == expected.len()
    });
    assert_eq!(written.lock().unwrap().as_slice(), expected.as_bytes());
    assert_eq!(queue.dropped(), 0);
    worker.close();
}

#[test]
fn lines_that_a_full_disk_does_not_take_at_the_end_are_counted() {
    let (order, orders) = channel();
    let written = Arc::new(Mutex::new(Vec::new()));
    let sink = Moody {
        orders,
        written: Arc::clone(&written),
    };
    let queue = Arc::new(Queue::new(100_000, EVERY_LINE));
    for number in 0..100 {
        queue.push(format!("line {number:04}\n").as_bytes());
    }
    // Everything waits, and nobody will come any more: one try.
    queue.close();
    order.send(false).unwrap();
    drop(order);
    write_to(sink, &queue, "test");
    let kept = written.lock().unwrap().len();
    assert_eq!((kept, queue.dropped()), (500, 50));
}

#[test]
fn the_end_is_not_held_up_by_a_disk_that_stands_still() {
    let (order, orders) = channel();
    let sink = Moody {
        orders,
        written: Arc::default(),
    };
    let queue = Arc::new(Queue::new(1_000, EVERY_LINE));
    let worker = Worker::start("test", Arc::clone(&queue), move |queue| {
        write_to(sink, queue, "test")
    })
    .unwrap();
    queue.push(b"never written\n");
    worker.close();
    // Had it waited for the disk, this would never end.
    worker.wait_until(Instant::now() + Duration::from_millis(50));
    drop(order);
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_without_room_is_an_error_that_tells_how_far_it_came() {
    struct Device(File);
    impl Sink for Device {
        fn write(&mut self, lines: &[u8]) -> Result<(), Broken> {
            super::standard::write_all(&mut self.0, lines)
        }
    }
    let full = File::options().write(true).open("/dev/full").unwrap();
    let broken = Device(full).write(b"a line\n").unwrap_err();
    assert_eq!(broken.done, 0);
    assert_eq!(broken.error.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn a_batch_is_taken_when_it_is_large_enough_or_old_enough() {
    let gather = Gather {
        lines: 3,
        octets: 1_000,
        patience: Duration::from_millis(20),
    };
    let queue = Queue::new(10_000, gather);
    let mut batch = Batch::default();
    queue.push(b"one\n");
    assert!(queue.take(&mut batch));
    assert_eq!(batch.lines, 1, "it was old enough");
    for _ in 0..3 {
        queue.push(b"more\n");
    }
    assert!(queue.take(&mut batch));
    assert_eq!(batch.lines, 3);
    queue.push(b"last\n");
    queue.close();
    assert!(queue.take(&mut batch), "what waits is not lost at the end");
    assert_eq!(batch.octets, b"last\n");
    assert!(!queue.take(&mut batch));
    queue.push(b"late\n");
    assert_eq!(queue.dropped(), 1);
}
