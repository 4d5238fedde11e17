//! The load generator: keep-alive clients that check every answer, and report as JSON.
//!
//! `load URL key=value…` with
//! - `clients=16`, `seconds=5`, `method=GET`, `header=Name: value` (any number)
//! - `bodies=FILE`: a JSON body a line; client n sends line n, over and over
//! - `rate=500`: that many requests a second in all, on a fixed schedule, and latency counted
//!   from the time a request was due, so that a stall of the server is seen. Without it each
//!   client sends its next request as soon as it has its answer.
//! - `expect=200` (any number) the statuses that are right; `text=…` what a 2xx body must contain
//! - `chain=refresh_token`: each body after the first is made of that field of the last answer
#![allow(clippy::print_stdout, reason = "it is a program for scripts")]

use std::{
    collections::VecDeque,
    env,
    error::Error,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use mainstay_bench::{Answer, Connection, Request, Tally, Target};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep_until};

struct Plan {
    target: Target,
    clients: usize,
    duration: Duration,
    method: String,
    headers: Vec<String>,
    bodies: Vec<String>,
    rate: Option<f64>,
    expect: Vec<u16>,
    text: Option<String>,
    chain: Option<String>,
}

impl Plan {
    fn parse(mut arguments: VecDeque<String>) -> Result<Self, Box<dyn Error>> {
        let url = arguments.pop_front().ok_or("usage: load URL key=value…")?;
        let mut plan = Self {
            target: Target::parse(&url)?,
            clients: 16,
            duration: Duration::from_secs(5),
            method: "GET".to_owned(),
            headers: Vec::new(),
            bodies: Vec::new(),
            rate: None,
            expect: Vec::new(),
            text: None,
            chain: None,
        };
        for argument in arguments {
            let (key, value) = argument.split_once('=').ok_or("arguments are key=value")?;
            plan.set(key, value.to_owned())?;
        }
        if plan.expect.is_empty() {
            plan.expect.push(200);
        }
        Ok(plan)
    }

    fn set(&mut self, key: &str, value: String) -> Result<(), Box<dyn Error>> {
        match key {
            "clients" => self.clients = value.parse()?,
            "seconds" => self.duration = Duration::from_secs_f64(value.parse()?),
            "method" => self.method = value,
            "header" => self.headers.push(value),
            "bodies" => self.bodies = fs::read_to_string(value)?.lines().map(str::to_owned).collect(),
            "rate" => self.rate = Some(value.parse()?),
            "expect" => self.expect.push(value.parse()?),
            "text" => self.text = Some(value),
            "chain" => self.chain = Some(value),
            _ => return Err(format!("there is no {key}").into()),
        }
        Ok(())
    }

    fn body(&self, client: usize) -> &str {
        match self.bodies.len() {
            0 => "",
            length => &self.bodies[client % length],
        }
    }

    fn request(&self, body: &str) -> Request {
        Request::new(&self.target, &self.method, &self.headers, body)
    }

    /// Whether an answer is one of those asked for. A 503 has to tell when to come back.
    fn is_right(&self, answer: &Answer) -> bool {
        let is_good = (200..300).contains(&answer.status);
        let has_text = self
            .text
            .as_ref()
            .is_none_or(|text| !is_good || answer.body.contains(text));
        let has_retry_after = answer.status != 503 || answer.headers.contains("\r\nretry-after: ");
        self.expect.contains(&answer.status) && has_text && has_retry_after
    }

    /// When the next request of a client is due on the common schedule.
    fn due(&self, start: Instant, client: usize, turn: u32) -> Option<Instant> {
        let rate = self.rate?;
        #[allow(clippy::cast_precision_loss, reason = "there are few clients")]
        let (client, clients) = (client as f64, self.clients as f64);
        Some(start + Duration::from_secs_f64((f64::from(turn) * clients + client) / rate))
    }
}

/// One client, until the time is over.
async fn drive(plan: Arc<Plan>, client: usize, start: Instant) -> Tally {
    let mut tally = Tally::default();
    let mut connection = Connection::new(plan.target.clone());
    let mut request = plan.request(plan.body(client));
    for turn in 0.. {
        let mut begin = Instant::now();
        if let Some(due) = plan.due(start, client, turn) {
            sleep_until(due.into()).await;
            begin = due;
        }
        if begin.duration_since(start) >= plan.duration {
            break;
        }
        match connection.send(&request).await {
            Ok(answer) => {
                tally.add(answer.status, begin.elapsed());
                if !plan.is_right(&answer) {
                    tally.add_wrong(format!("{} {}", answer.status, answer.body));
                }
                if let Some(field) = &plan.chain {
                    match successor(&answer.body, field) {
                        Some(body) => request = plan.request(&body),
                        None => return tally,
                    }
                }
            }
            Err(_) => {
                tally.network_errors += 1;
                // A server that is gone must not be asked a million times a second.
                sleep_until((Instant::now() + Duration::from_millis(5)).into()).await;
            }
        }
    }
    tally
}

fn successor(body: &str, field: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(body).ok()?;
    Some(json!({ field: answer.get(field)? }).to_string())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let plan = Arc::new(Plan::parse(env::args().skip(1).collect())?);
    let start = Instant::now();
    let mut clients = JoinSet::new();
    for client in 0..plan.clients {
        clients.spawn(drive(Arc::clone(&plan), client, start));
    }
    let mut total = Tally::default();
    while let Some(tally) = clients.join_next().await {
        total.merge(tally?);
    }
    println!("{}", total.report(start.elapsed()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(arguments: &[&str]) -> Plan {
        let arguments = ["http://127.0.0.1:1/x"]
            .iter()
            .chain(arguments)
            .map(ToString::to_string);
        Plan::parse(arguments.collect()).unwrap()
    }

    fn answer(status: u16, headers: &str, body: &str) -> Answer {
        let headers = format!("http/1.1 {status} x\r\n{headers}");
        Answer {
            status,
            headers,
            body: body.to_owned(),
        }
    }

    #[test]
    fn an_answer_is_right_only_with_status_text_and_retry_after() {
        let plan = plan(&["expect=200", "expect=503", "text=token"]);
        assert!(plan.is_right(&answer(200, "", r#"{"token":1}"#)));
        assert!(!plan.is_right(&answer(200, "", "{}")));
        assert!(!plan.is_right(&answer(401, "", r#"{"token":1}"#)));
        assert!(plan.is_right(&answer(503, "retry-after: 1\r\n", "")));
        assert!(!plan.is_right(&answer(503, "", "")));
    }

    #[test]
    fn clients_share_one_schedule_of_the_whole_rate() {
        let (plan, start) = (plan(&["rate=10", "clients=2"]), Instant::now());
        let due = |client, turn| plan.due(start, client, turn).unwrap() - start;
        let schedule = [due(0, 0), due(1, 0), due(0, 1), due(1, 1)].map(|time| time.as_millis());
        assert_eq!(schedule, [0, 100, 200, 300]);
    }

    #[test]
    fn no_request_ever_leaves_this_machine() {
        for url in [
            "http://example.com/",
            "https://127.0.0.1:1/",
            "http://127.0.0.1.example.com:1/",
        ] {
            assert!(Target::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn the_next_body_is_made_of_the_last_answer() {
        let next = successor(r#"{"refresh_token":"b","more":1}"#, "refresh_token");
        assert_eq!(next.as_deref(), Some(r#"{"refresh_token":"b"}"#));
    }
}
