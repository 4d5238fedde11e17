//! The canaries, and where each was seen.

use std::cell::{Cell, RefCell};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use mainstay_testkit::{TestApp, TestRequest, TestResponse};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::log;

/// Whose lines must be in the log, or the search would prove nothing.
const TALKATIVE: [&str; 5] = ["mainstay_services", "sqlx::query", "hyper_util", "reqwest", "mio"];

/// A secret, and where it may stand.
struct Canary {
    name: String,
    value: String,
    /// Numbers of the answers that are there to carry it.
    answers: Vec<usize>,
    /// The column that is there to hold it.
    column: Option<&'static str>,
    mailed: bool,
}

/// Everything that was sent and seen.
#[derive(Default)]
pub struct Watch {
    canaries: RefCell<Vec<Canary>>,
    /// Name, headers and body of each answer.
    answers: RefCell<Vec<(String, String)>>,
    mails: RefCell<Vec<String>>,
    requests: Cell<usize>,
    run: RefCell<String>,
}

/// The text of a configured secret.
pub fn shown(secret: &SecretString) -> &str {
    secret.expose_secret()
}

impl Watch {
    /// A new secret, long and like no other.
    pub fn plant(&self, name: &str) -> String {
        let value = format!("Canary-{}-{}", Uuid::now_v7().simple(), Uuid::new_v4().simple());
        self.note(name, &value);
        value
    }

    /// A new secret of 64 octets in base64.
    pub fn plant_base64(&self, name: &str) -> String {
        let value = BASE64_STANDARD.encode([*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat());
        self.note(name, &value);
        value
    }

    /// A secret that no answer carries.
    pub fn note(&self, name: &str, value: &str) {
        assert!(value.len() >= 6, "{name} is too short to be searched");
        self.canaries.borrow_mut().push(Canary {
            name: name.to_owned(),
            value: value.to_owned(),
            answers: Vec::new(),
            column: None,
            mailed: false,
        });
    }

    /// A secret that the newest answer is there to carry.
    pub fn carried(&self, name: &str, value: &str) -> String {
        self.note(name, value);
        let newest = self.answers.borrow().len() - 1;
        self.last(|canary| canary.answers.push(newest));
        value.to_owned()
    }

    /// The newest answer is there to carry this canary, too.
    pub fn carries_too(&self, value: &str) {
        let newest = self.answers.borrow().len() - 1;
        let mut canaries = self.canaries.borrow_mut();
        let canary = canaries.iter_mut().find(|canary| canary.value == value);
        canary.expect("a canary").answers.push(newest);
    }

    /// A member of the newest answer's body, which is there to carry it.
    pub fn member(&self, answer: &TestResponse, name: &str) -> String {
        let body = answer.json();
        let value = body[name].as_str().unwrap_or_else(|| panic!("no {name}: {body}"));
        self.carried(name, value)
    }

    /// A secret of a mail.
    pub fn mailed(&self, name: &str, value: &str) -> String {
        self.note(name, value);
        self.last(|canary| canary.mailed = true);
        value.to_owned()
    }

    /// A secret that is meant to stand in this column.
    pub fn held(&self, name: &str, value: &str, column: &'static str) {
        self.note(name, value);
        self.last(|canary| canary.column = Some(column));
    }

    fn last(&self, change: impl FnOnce(&mut Canary)) {
        change(self.canaries.borrow_mut().last_mut().expect("a canary"));
    }

    /// Sends a request and remembers the answer.
    pub async fn send(&self, request: TestRequest) -> TestResponse {
        let number = self.requests.replace(self.requests.get() + 1);
        if self.run.borrow().is_empty() {
            *self.run.borrow_mut() = Uuid::new_v4().simple().to_string();
        }
        let id = format!("{}-{number}", self.run.borrow());
        let answer = request.header("x-request-id", &id).send().await;
        let all = format!("{:?}\n{}", answer.headers(), answer.text());
        self.answers.borrow_mut().push((id, all));
        answer
    }

    /// Remembers what was mailed.
    pub async fn read_mails(&self, app: &TestApp) {
        let mails = app.mailbox().all().await;
        *self.mails.borrow_mut() = mails.iter().map(|mail| format!("{mail:?}")).collect();
    }

    /// Looks for every canary everywhere.
    pub async fn compare(&self, app: &TestApp) {
        log::settle().await;
        let mut found = self.found_in_log();
        let metrics = app.get("/metrics").send().await.expect(200).text();
        let dump = app.dump_database().await;
        assert!(dump.len() > 100, "the dump is empty");
        let log = log::read();
        // The server has sqlx log no statements. Some that sqlx makes when it connects are logged all
        // the same, and to SQLite nobody connects.
        let on_sqlite = app.context().store.health().backend == "sqlite";
        let silent = |target: &&str| on_sqlite && *target == "sqlx::query";
        for target in TALKATIVE.iter().filter(|target| !silent(target)) {
            let said = format!("\"target\":\"{target}");
            assert!(log.contains(&said), "nothing of {target} was logged");
        }
        for (id, _) in &*self.answers.borrow() {
            assert!(log.contains(id), "the line of a request is missing");
        }
        for canary in &*self.canaries.borrow() {
            let forms = forms(&canary.value);
            let holds = |text: &str| forms.iter().any(|form| holds(text, form));
            if holds(&metrics) {
                found.push(format!("{} in /metrics", canary.name));
            }
            for (number, (id, answer)) in self.answers.borrow().iter().enumerate() {
                if !canary.answers.contains(&number) && holds(answer) {
                    found.push(format!("{} in the answer {id}", canary.name));
                }
            }
            let mails = self.mails.borrow();
            if !canary.mailed && mails.iter().any(|mail| holds(mail)) {
                found.push(format!("{} in a mail", canary.name));
            }
            let mut places: Vec<_> = dump
                .iter()
                .filter(|(place, value)| {
                    // Six digits stand in any time.
                    let looks = canary.value.len() > 6 || !place.ends_with("_at");
                    looks && canary.column != Some(place) && holds(&String::from_utf8_lossy(value))
                })
                .map(|(place, _)| format!("{} in {place}", canary.name))
                .collect();
            places.dedup();
            found.extend(places);
        }
        assert_eq!(found, Vec::<String>::new());
    }

    /// Every canary that stands in the log.
    pub fn found_in_log(&self) -> Vec<String> {
        let log = log::read();
        let mut found = Vec::new();
        for canary in &*self.canaries.borrow() {
            for form in forms(&canary.value) {
                // The whole at once first: it is long, and nearly always has none.
                if !holds(&log, &form) {
                    continue;
                }
                let line = log.lines().find(|line| holds(line, &form));
                // Without the value, for this may stand in somebody's CI.
                found.extend(line.map(|line| {
                    let hidden = line.replace(&form, "<here>");
                    format!("{} in the log: {}", canary.name, cut(&hidden))
                }));
            }
        }
        found
    }
}

fn cut(line: &str) -> String {
    line.chars().take(600).collect()
}

/// How a secret may be written.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned()];
    if value.len() > 6 {
        let list: Vec<_> = value.bytes().map(|octet| octet.to_string()).collect();
        let hex: String = value.bytes().map(|octet| format!("{octet:02x}")).collect();
        forms.extend([list.join(", "), list.join(","), hex]);
        // As it is, and in the middle of a longer text: two of three shifts keep their middle.
        for shift in 0..3 {
            let shifted = BASE64_STANDARD_NO_PAD.encode(&value.as_bytes()[shift..]);
            forms.push(shifted[..shifted.len() - 4].to_owned());
        }
        forms.push(BASE64_URL_SAFE_NO_PAD.encode(value));
    }
    forms
}

/// Whether a form stands in a text; digits only by themselves.
fn holds(text: &str, form: &str) -> bool {
    if form.len() > 6 {
        return text.contains(form);
    }
    let apart = |letter: Option<char>| {
        letter.is_none_or(|letter| !letter.is_ascii_alphanumeric() && !"._-".contains(letter))
    };
    text.match_indices(form)
        .any(|(at, _)| apart(text[..at].chars().next_back()) && apart(text[at + form.len()..].chars().next()))
}
