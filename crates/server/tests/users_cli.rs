//! `users import` and `users export`, as processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

/// Made by passlib of "secret pass".
const HASH: &str = "$pbkdf2-sha256$1$MDEyMzQ1Njc4OWFiY2RlZg$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Runs the binary in `dir` with `input`.
fn mainstay(dir: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mainstay"))
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A process that does not read its input, or prints before it has read all of it, must not
    // stand still.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    output
}

fn import(dir: &Path, options: &[&str], input: &str) -> (i32, Vec<Value>) {
    let output = mainstay(dir, &[&["users", "import", "-"], options].concat(), input);
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code().unwrap_or_else(|| panic!("{complaints}"));
    (code, lines(&output))
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn statuses(report: &[Value]) -> Vec<&str> {
    report
        .iter()
        .map(|line| line["status"].as_str().unwrap())
        .collect()
}

fn codes(line: &Value) -> Vec<(&str, &str)> {
    let errors = line["errors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            (
                error["field"].as_str().unwrap_or(""),
                error["code"].as_str().unwrap(),
            )
        })
        .collect()
}

fn full(email: &str, username: &str) -> String {
    json!({
        "email": email, "username": username, "first_name": "Ada", "last_name": "Lovelace", "locale": "en-GB",
        "avatar_url": "https://example.com/ada.png", "email_verified": true, "status": "disabled",
        "roles": ["admin"], "created_at": "2020-01-02T03:04:05.678901Z", "updated_at": "2021-01-01T00:00:00Z",
        "last_login_at": "2022-01-01T00:00:00Z", "password_hash": HASH,
    })
    .to_string()
}

#[test]
fn each_row_gets_a_line_and_a_bad_one_keeps_no_other_out() {
    let dir = tempfile::tempdir().unwrap();
    let rows = [
        full("ada@example.com", "ada"),
        String::new(),
        r#"{"email":"bob@example.com"}"#.to_owned(),
        r#"{"email":"nobody","password_hash":"md5$x$y","role":"admin"}"#.to_owned(),
        r#"{"email":"carol@example.com","roles":["emperor"],"password_hash":"$2b$31$x"}"#.to_owned(),
        r#"{"email":"dave@example.com","username":"ADA"}"#.to_owned(),
        r#"{"email":"BOB@example.com"}"#.to_owned(),
        "{".to_owned(),
        "x".repeat(70_000),
        r#"{"email":"erin@example.com","status":"deleted","created_at":"2999-01-01T00:00:00Z"}"#.to_owned(),
        r#"{"email":"fred@example.com"}"#.to_owned(),
    ];
    let (code, report) = import(dir.path(), &[], &rows.join("\n"));
    assert_eq!(code, 3);
    let numbers: Vec<_> = report.iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert_eq!(
        statuses(&report),
        [
            "created", "created", "refused", "refused", "refused", "skipped", "refused", "refused",
            "refused", "created"
        ]
    );
    assert_eq!(
        codes(&report[2]),
        [("role", "UNKNOWN_FIELD"), ("email", "INVALID_EMAIL")]
    );
    assert_eq!(
        codes(&report[3]),
        [("roles", "UNKNOWN_ROLE"), ("password_hash", "HASH_MALFORMED")]
    );
    assert_eq!(codes(&report[4]), [("username", "USERNAME_TAKEN")]);
    assert_eq!(report[5]["id"], report[1]["id"]);
    assert_eq!(codes(&report[6]), [("", "MALFORMED_JSON")]);
    assert_eq!(codes(&report[7]), [("", "TOO_LONG")]);
    assert_eq!(
        codes(&report[8]),
        [("status", "INVALID_STATUS"), ("created_at", "INVALID_TIME")]
    );
}

#[test]
fn importing_the_same_rows_again_changes_nothing_and_other_data_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let row = full("ada@example.com", "ada");
    assert_eq!(import(dir.path(), &[], &row).0, 0);
    let (code, again) = import(dir.path(), &[], &row);
    assert_eq!((code, statuses(&again)), (0, vec!["skipped"]));
    let other = r#"{"email":"ada@example.com","username":"ada","first_name":"Augusta"}"#;
    let (code, report) = import(dir.path(), &[], other);
    assert_eq!((code, statuses(&report)), (3, vec!["refused"]));
    assert!(
        codes(&report[0]).contains(&("first_name", "DIFFERS")),
        "{report:?}"
    );
    let (code, report) = import(dir.path(), &["--resume"], other);
    assert_eq!((code, statuses(&report)), (0, vec!["skipped"]));
}

#[test]
fn a_dry_run_finds_what_is_wrong_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rows = [
        full("ada@example.com", "ada"),
        r#"{"email":"ada@example.com"}"#.to_owned(),
        r#"{"email":"bob@example.com","username":"Ada"}"#.to_owned(),
        r#"{"email":"carol@example.com","password_hash":"secret"}"#.to_owned(),
    ]
    .join("\n");
    let (code, report) = import(dir.path(), &["--dry-run"], &rows);
    assert_eq!(code, 3);
    assert_eq!(statuses(&report), ["created", "refused", "refused", "refused"]);
    assert_eq!(report[0]["id"], Value::Null);
    assert_eq!(codes(&report[1]), [("email", "DUPLICATE")]);
    assert_eq!(codes(&report[2]), [("username", "DUPLICATE")]);
    assert_eq!(codes(&report[3]), [("password_hash", "HASH_UNKNOWN")]);
    assert_eq!(
        lines(&mainstay(dir.path(), &["users", "export"], "")),
        Vec::<Value>::new()
    );
}

#[test]
fn what_was_exported_with_hashes_comes_back_as_it_was() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let rows: Vec<_> = (0..250)
        .map(|number| match number {
            7 => full("ada@example.com", "ada"),
            _ => json!({ "email": format!("user{number}@example.com"), "password_hash": HASH }).to_string(),
        })
        .collect();
    assert_eq!(import(here.path(), &[], &rows.join("\n")).0, 0);
    let bare = mainstay(here.path(), &["users", "export"], "");
    assert!(!String::from_utf8_lossy(&bare.stdout).contains("pbkdf2"));
    let exported = mainstay(here.path(), &["users", "export", "--with-hashes"], "");
    let text = String::from_utf8(exported.stdout.clone()).unwrap();
    assert_eq!(lines(&exported).len(), 250);
    let (code, report) = import(there.path(), &[], &text);
    assert_eq!(code, 0, "{report:?}");
    let again = mainstay(there.path(), &["users", "export", "--with-hashes"], "");
    assert_eq!(lines(&again), lines(&exported));
    let ada = lines(&again)
        .into_iter()
        .find(|row| row["username"] == "ada")
        .unwrap();
    let expected: Value = serde_json::from_str(&full("ada@example.com", "ada")).unwrap();
    for (name, value) in expected.as_object().unwrap() {
        match name.as_str() {
            "roles" => assert_eq!(ada["roles"], json!(["admin", "user"])),
            "updated_at" | "last_login_at" => assert!(ada[name].is_string()),
            _ => assert_eq!(ada[name], *value, "{name}"),
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_a_usage_error_and_makes_no_database() {
    let dir = tempfile::tempdir().unwrap();
    let output = mainstay(dir.path(), &["users", "import", "missing.jsonl"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing.jsonl"));
    assert!(!dir.path().join("data").exists());
}
