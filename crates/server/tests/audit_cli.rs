//! `mainstay audit`, as a process.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const KEY: &str = "only for tests: thirty-two bytes and then some";

fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command
        .args(arguments)
        .current_dir(dir)
        .env_clear()
        .env("SECRET_KEY", KEY);
    command
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    mainstay(dir, arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        unreachable!("no JSON but {} {stderr}", stdout(output))
    })
}

/// Each administrator leaves one event.
fn create_admin(dir: &Path, email: &str) {
    let arguments = ["admin", "create", "--email", email, "--password-stdin"];
    let mut child = mainstay(dir, &arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "correct horse battery staple").unwrap();
    assert!(child.wait().unwrap().success());
}

/// A database with two events, sealed.
fn world() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    create_admin(dir.path(), "ada@example.com");
    create_admin(dir.path(), "bob@example.com");
    let anchor = run(dir.path(), &["audit", "anchor"]);
    assert!(anchor.status.success());
    (dir, stdout(&anchor).trim().to_owned())
}

#[test]
fn a_whole_chain_is_verified_and_leads_through_its_anchors() {
    let (dir, anchor) = world();
    assert!(anchor.starts_with("2:"), "{anchor}");
    let verified = run(dir.path(), &["audit", "verify", "--anchor", &anchor, "--json"]);
    assert_eq!(verified.status.code(), Some(0));
    let report = json(&verified);
    assert_eq!((&report["ok"], &report["events"]), (&true.into(), &2.into()));
    let other = format!("2:{}", "0".repeat(64));
    let refused = run(dir.path(), &["audit", "verify", "--anchor", &other]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stdout(&refused).contains("event 2: the chain does not lead through this anchor"));
    let beyond = format!("3:{}", "0".repeat(64));
    let refused = run(dir.path(), &["audit", "verify", "--anchor", &beyond, "--json"]);
    assert_eq!(json(&refused)["findings"][0]["problem"], "anchor_missed");
    assert_eq!(
        run(dir.path(), &["audit", "verify", "--anchor", "2:xy"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn an_exported_file_is_verified_without_the_database_and_shows_every_change() {
    let (dir, anchor) = world();
    let exported = run(dir.path(), &["audit", "export", "--out", "log.jsonl", "--json"]);
    assert_eq!(json(&exported)["anchor"], anchor.as_str());
    fs::rename(dir.path().join("data"), dir.path().join("elsewhere")).unwrap();
    fs::create_dir(dir.path().join("data")).unwrap();
    fs::copy(
        dir.path().join("elsewhere/mainstay.db"),
        dir.path().join("data/mainstay.db"),
    )
    .unwrap();
    let verified = run(
        dir.path(),
        &["audit", "verify", "--file", "log.jsonl", "--anchor", &anchor],
    );
    assert_eq!(verified.status.code(), Some(0), "{}", stdout(&verified));
    let file = dir.path().join("log.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 4);
    fs::write(&file, text.replacen("user.created", "user.updated", 1)).unwrap();
    let refused = run(dir.path(), &["audit", "verify", "--file", "log.jsonl", "--json"]);
    assert_eq!(refused.status.code(), Some(1));
    let findings = json(&refused)["findings"].clone();
    assert_eq!(
        (&findings[0]["seq"], &findings[0]["problem"]),
        (&1.into(), &"altered".into())
    );
    let cut_off: Vec<&str> = text.lines().take(3).collect();
    fs::write(&file, cut_off.join("\n")).unwrap();
    assert_eq!(
        run(dir.path(), &["audit", "verify", "--file", "log.jsonl"])
            .status
            .code(),
        Some(1)
    );
}

#[test]
fn a_file_of_another_server_needs_to_be_named_as_one() {
    let (dir, _) = world();
    assert!(
        run(dir.path(), &["audit", "export", "--out", "log.jsonl"])
            .status
            .success()
    );
    let other = "another key of thirty-two bytes and then some";
    let verify = ["audit", "verify", "--file", "log.jsonl"];
    let refused = mainstay(dir.path(), &verify)
        .env("SECRET_KEY", other)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(stdout(&refused).contains("this server's key did not authenticate the file"));
    let verify = [verify.as_slice(), &["--without-key"]].concat();
    let accepted = mainstay(dir.path(), &verify)
        .env("SECRET_KEY", other)
        .output()
        .unwrap();
    assert_eq!(accepted.status.code(), Some(0));
    // A file is never written over.
    assert_eq!(
        run(dir.path(), &["audit", "export", "--out", "log.jsonl"])
            .status
            .code(),
        Some(1)
    );
}

#[test]
fn pruning_waits_for_the_export_where_one_is_asked_for() {
    let (dir, _) = world();
    let prune = |variables: &[(&str, &str)]| {
        let arguments = ["audit", "prune", "--before", "2999-01-01", "--json"];
        let output = mainstay(dir.path(), &arguments)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        json(&output)["removed"].clone()
    };
    let strict = [("MAINSTAY_AUDIT__REQUIRE_EXPORT", "true")];
    assert_eq!(prune(&strict), 0);
    assert!(
        run(dir.path(), &["audit", "export", "--out", "one.jsonl"])
            .status
            .success()
    );
    assert_eq!(prune(&strict), 2);
    let rest = run(
        dir.path(),
        &["audit", "export", "--new", "--out", "two.jsonl", "--json"],
    );
    assert_eq!(
        json(&rest)["events"],
        2,
        "that of the export and that of the pruning"
    );
    assert!(
        run(dir.path(), &["audit", "verify", "--file", "two.jsonl"])
            .status
            .success()
    );
    let verified = run(dir.path(), &["audit", "verify", "--json"]);
    assert_eq!(verified.status.code(), Some(0), "{}", stdout(&verified));
    assert_eq!(json(&verified)["pruned"], 2);
    let kept = mainstay(dir.path(), &["audit", "prune"])
        .env("MAINSTAY_AUDIT__RETENTION", "0s")
        .output();
    assert_eq!(kept.unwrap().status.code(), Some(2));
}

#[test]
fn a_new_secret_key_takes_a_word_before_the_chain_goes_on() {
    let (dir, _) = world();
    let with_new_key = |arguments: &[&str]| {
        let key = "a new key of thirty-two bytes and then some more";
        mainstay(dir.path(), arguments)
            .env("SECRET_KEY", key)
            .output()
            .unwrap()
    };
    let refused = with_new_key(&["audit", "verify"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stdout(&refused).contains("another SECRET_KEY"));
    assert_eq!(with_new_key(&["audit", "reseal"]).status.code(), Some(0));
    assert_eq!(with_new_key(&["audit", "verify"]).status.code(), Some(0));
    assert_eq!(run(dir.path(), &["audit", "verify"]).status.code(), Some(1));
}

#[test]
fn looking_at_the_audit_log_makes_no_database() {
    let dir = tempfile::tempdir().unwrap();
    let refused = run(dir.path(), &["audit", "verify"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!dir.path().join("data/mainstay.db").exists());
}
