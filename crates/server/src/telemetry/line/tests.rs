//! Lines as they come out.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::sync::Arc;

use serde_json::Value as Json;
use tracing_subscriber::{Layer, Registry, layer::SubscriberExt};

use super::{LineFormat, LineLayer, envelope, mute};
use crate::telemetry::output::{Batch, Gather, Queue};

/// The lines that `talk` makes.
fn lines(format: LineFormat, talk: impl FnOnce()) -> Vec<String> {
    let every_line = Gather {
        lines: 1,
        octets: 1,
        patience: std::time::Duration::ZERO,
    };
    let queue = Arc::new(Queue::new(1 << 20, every_line));
    let layer = LineLayer::new(vec![(format, Arc::clone(&queue))]).boxed();
    let subscriber: tracing_subscriber::layer::Layered<_, Registry> = Registry::default().with(layer);
    tracing::subscriber::with_default(subscriber, talk);
    queue.close();
    let mut batch = Batch::default();
    queue.take(&mut batch);
    let text = String::from_utf8(batch.octets).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

fn json(talk: impl FnOnce()) -> Json {
    let mut lines = lines(LineFormat::Json, talk);
    assert_eq!(lines.len(), 1, "{lines:?}");
    serde_json::from_str(&lines.remove(0)).unwrap()
}

#[test]
fn a_line_says_when_where_and_in_which_process_it_was_written() {
    let line = json(|| tracing::warn!(target: "of::another", status = 503_u16, took = 1.5, "it is late"));
    let time = line["timestamp"].as_str().unwrap();
    assert!(
        time.len() == 27 && time.starts_with("20") && time.ends_with('Z'),
        "{time}"
    );
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "it is late");
    assert_eq!(line["status"], 503);
    assert_eq!(line["took"], 1.5);
    assert_eq!(line["target"], "of::another");
    assert!(line["module"].as_str().unwrap().ends_with("line::tests"));
    assert!(line["file"].as_str().unwrap().ends_with("line/tests.rs"));
    assert!(line["line"].as_u64().unwrap() > 10);
    assert_eq!(line["pid"], std::process::id());
}

#[test]
fn a_line_within_inner_spans_still_names_the_request_and_its_user() {
    let line = json(|| {
        let request = tracing::info_span!(
            "request",
            request_id = "r-1",
            part = "outer",
            user_id = tracing::field::Empty
        );
        let _request = request.enter();
        let query = tracing::info_span!("query", part = "inner", name = "users.find");
        let _query = query.enter();
        request.record("user_id", "u-1");
        request.record("user_id", "u-2");
        tracing::info!("asked");
    });
    let span = &line["span"];
    assert_eq!(span["name"], "query");
    assert_eq!(span["field.name"], "users.find");
    assert_eq!(span["request_id"], "r-1");
    assert_eq!(span["user_id"], "u-2");
    assert_eq!(span["part"], "inner");
}

#[test]
fn nothing_in_a_value_can_end_its_line_or_begin_another() {
    let evil = "a\"b\\c\nlevel=error\r\x1b[31m\u{7f}é";
    let line = json(|| tracing::info!(evil, shown = ?evil, file = "mine", "{evil}"));
    assert_eq!(line["evil"], evil);
    assert_eq!(line["message"], evil);
    assert_eq!(line["field.file"], "mine");
    for format in [LineFormat::Logfmt, LineFormat::Pretty { colours: false }] {
        let lines = lines(format, || tracing::info!(evil, "{evil}"));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(!lines[0].contains(['\x1b', '\r']), "{lines:?}");
    }
}

#[test]
fn logfmt_quotes_only_what_needs_quotes_and_keeps_keys_readable() {
    let talk = || {
        let span = tracing::info_span!("request", request_id = "r 1");
        let _span = span.enter();
        tracing::error!(status = 500, empty = "", plain = "word", pair = "a=b", "it broke");
    };
    let line = lines(LineFormat::Logfmt, talk).remove(0);
    for part in [
        " level=error msg=\"it broke\" status=500 empty=\"\" plain=word pair=\"a=b\" ",
        " span=request request_id=\"r 1\" ",
        " pid=",
    ] {
        assert!(line.contains(part), "{line}");
    }
    assert!(line.starts_with("ts=20"), "{line}");
}

#[test]
fn colours_stand_only_where_they_are_wanted() {
    for colours in [true, false] {
        let lines = lines(LineFormat::Pretty { colours }, || {
            tracing::info!(count = 1, "hello")
        });
        assert_eq!(lines[0].contains('\x1b'), colours, "{lines:?}");
        assert!(lines[0].contains("hello"), "{lines:?}");
    }
}

#[test]
fn values_that_are_named_like_secrets_are_hidden_and_long_ones_are_cut() {
    let line = json(|| {
        let span = tracing::info_span!("login", token = "canary-in-a-span");
        let _span = span.enter();
        tracing::info!(password = "canary-one", authorization = ?"canary-two", long = "x".repeat(100_000));
    });
    assert_eq!(line["password"], "***");
    assert_eq!(line["authorization"], "***");
    assert_eq!(line["span"]["token"], "***");
    assert!(!line.to_string().contains("canary"));
    assert_eq!(line["long"].as_str().unwrap().len(), 16 * 1024);
}

#[test]
fn a_value_that_logs_while_it_is_written_does_no_harm() {
    struct Talkative;
    impl std::fmt::Debug for Talkative {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            tracing::info!("from within");
            f.write_str("talkative")
        }
    }
    let lines = lines(
        LineFormat::Json,
        || tracing::info!(value = ?Talkative, "from without"),
    );
    assert!(!lines.is_empty());
    for line in &lines {
        serde_json::from_str::<Json>(line).unwrap();
    }
}

#[test]
fn who_carries_lines_away_makes_no_new_ones() {
    let lines = lines(LineFormat::Json, || {
        mute(|| tracing::info!("unheard"));
        tracing::info!("heard");
    });
    assert_eq!(lines.len(), 1);
}

#[test]
fn lines_for_open_observe_have_its_time_in_microseconds() {
    let members = "\"service\":\"mainstay\",".to_owned();
    let line = lines(LineFormat::OpenObserve { members }, || tracing::info!("hello")).remove(0);
    let line: Json = serde_json::from_str(&line).unwrap();
    assert!(line["_timestamp"].as_u64().unwrap() > 1_700_000_000_000_000);
    assert_eq!(line["service"], "mainstay");
    assert_eq!(line["message"], "hello");
}

#[test]
fn records_and_envelope_of_opentelemetry_are_what_its_protocol_says() {
    let talk = || {
        let span = tracing::info_span!("request", request_id = "r-1");
        let _span = span.enter();
        tracing::warn!(status = 503, share = 0.5, done = true, "a \"quoted\" word");
    };
    let record = lines(LineFormat::Otlp, talk).remove(0);
    let (before, after) = envelope("mainstay", "1.0", "host");
    let body: Json = serde_json::from_str(&format!("{before}{record}{after}")).unwrap();
    let log = &body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
    assert_eq!(log["severityNumber"], 13);
    assert_eq!(log["body"]["stringValue"], "a \"quoted\" word");
    assert_eq!(log["timeUnixNano"].as_str().unwrap().len(), 19);
    let attributes = log["attributes"].as_array().unwrap();
    let value = |key: &str| {
        let found = attributes.iter().find(|attribute| attribute["key"] == key);
        found.map(|found| found["value"].clone()).unwrap_or_default()
    };
    assert_eq!(value("status")["intValue"], "503");
    assert_eq!(value("share")["doubleValue"], 0.5);
    assert_eq!(value("done")["boolValue"], true);
    assert_eq!(value("span.request_id")["stringValue"], "r-1");
    let resource = &body["resourceLogs"][0]["resource"]["attributes"][0];
    assert_eq!(resource["value"]["stringValue"], "mainstay");
}

#[test]
fn times_are_right_in_leap_years_and_sort_as_texts() {
    use std::time::{Duration, UNIX_EPOCH};
    for (seconds, text) in [
        (0, "19700101T000000.000000Z"),
        (951_782_400, "20000229T000000.000000Z"),
        (1_709_251_199, "20240229T235959.000000Z"),
        (4_107_542_400, "21000301T000000.000000Z"),
    ] {
        assert_eq!(super::stamp(UNIX_EPOCH + Duration::from_secs(seconds)), text);
    }
}

#[test]
fn a_panic_within_silence_ends_the_silence() {
    let talk = || {
        let broken = std::panic::catch_unwind(|| mute::<()>(|| std::panic::resume_unwind(Box::new(()))));
        assert!(broken.is_err());
        mute(|| {
            mute(|| tracing::info!("unheard"));
            tracing::info!("unheard, too");
        });
        tracing::info!("heard");
    };
    let lines = lines(LineFormat::Json, talk);
    assert!(lines.len() == 1 && lines[0].contains("\"heard\""), "{lines:?}");
}

/// Logs when its thread ends.
struct LastWords(tracing::Dispatch);

impl Drop for LastWords {
    fn drop(&mut self) {
        tracing::dispatcher::with_default(&self.0, || tracing::info!("the thread ends"));
    }
}

thread_local! {
    static LAST_WORDS: std::cell::RefCell<Option<LastWords>> = const { std::cell::RefCell::new(None) };
}

#[test]
fn what_logs_while_its_thread_ends_breaks_nothing() {
    let talk = || {
        let dispatch = tracing::dispatcher::get_default(Clone::clone);
        let thread = std::thread::spawn(move || {
            // Made before what a line needs: it ends after that.
            LAST_WORDS.with(|words| *words.borrow_mut() = Some(LastWords(dispatch.clone())));
            tracing::dispatcher::with_default(&dispatch, || tracing::info!("the thread begins"));
        });
        assert!(thread.join().is_ok());
    };
    let lines = lines(LineFormat::Json, talk);
    assert!(lines[0].contains("the thread begins"), "{lines:?}");
}
