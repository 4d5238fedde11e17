//! The command line, as a process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

#[path = "support/served.rs"]
mod served;

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use served::Served;

const PASSWORD: &str = "correct horse battery staple";

/// The binary in an empty folder and with an empty environment.
fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(dir).env_clear();
    command
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    mainstay(dir, arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn create_admin(dir: &Path, email: &str, password: &str) -> Output {
    let mut child = mainstay(
        dir,
        &["admin", "create", "--email", email, "--password-stdin", "--json"],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn serve_greets_answers_the_probe_and_ends_in_order_when_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let server = Served::start(dir.path(), &[]);
    let port = server.port.to_string();
    let probe = || {
        mainstay(dir.path(), &["health"])
            .env("PORT", &port)
            .output()
            .unwrap()
    };
    assert!(server.get("/health/ready").starts_with("HTTP/1.1 200"));
    assert!(probe().status.success());
    let printed = server.stop();
    assert!(
        printed.contains(&format!("http://127.0.0.1:{port}/docs")),
        "{printed}"
    );
    assert!(
        printed.contains(&format!("http://127.0.0.1:{port}/setup#token=")),
        "{printed}"
    );
    assert_eq!(probe().status.code(), Some(1));
}

#[test]
fn a_second_signal_ends_the_server_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Served::start(dir.path(), &[("MAINSTAY_SERVER__DRAIN_PAUSE", "60s")]);
    server.signal("-INT");
    let begun = Instant::now();
    while !server.get("/health/ready").starts_with("HTTP/1.1 503") {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it still claims to be ready"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let begun = Instant::now();
    server.signal("-INT");
    server.child.wait().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn once_there_is_an_administrator_no_link_is_offered_any_more() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        create_admin(dir.path(), "ada@example.com", PASSWORD)
            .status
            .success()
    );
    let printed = Served::start(dir.path(), &[]).stop();
    assert!(
        printed.contains("is serving") && !printed.contains("/setup"),
        "{printed}"
    );
}

#[test]
fn everywhere_but_in_local_all_lines_are_json_without_secrets_or_links() {
    let dir = tempfile::tempdir().unwrap();
    let variables = [("ENVIRONMENT", "dev"), ("SECRET_KEY", "a-secret-of-the-tests")];
    let printed = Served::start(dir.path(), &variables).stop();
    assert!(printed.contains("\"serving\""), "{printed}");
    for line in printed.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["timestamp"].is_string(), "{line}");
    }
    assert!(
        !printed.contains("a-secret-of-the-tests") && !printed.contains("/setup"),
        "{printed}"
    );
}

#[test]
fn access_lines_say_who_was_refused_what_and_why() {
    let dir = tempfile::tempdir().unwrap();
    let variables = [("ENVIRONMENT", "dev"), ("SECRET_KEY", "a-secret-of-the-tests")];
    let server = Served::start(dir.path(), &variables);
    let refused = server.get("/api/v1/users?token=mst_rt_canary");
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let printed = server.stop();
    let lines = printed.lines().map(|line| serde_json::from_str(line).unwrap());
    let mut lines = lines.filter(|line: &serde_json::Value| line["target"] == "mainstay::access");
    let line = lines.find(|line| line["status"] == 401).unwrap();
    let time = line["timestamp"].as_str().unwrap();
    assert!(time.ends_with('Z'), "{time} is not in UTC");
    assert_eq!(line["path"], "/api/v1/users");
    assert_eq!(line["client_ip"], "127.0.0.1");
    assert_eq!(line["span"]["method"], "GET");
    assert_eq!(line["span"]["code"], "UNAUTHENTICATED");
    let id = line["span"]["request_id"].as_str().unwrap();
    assert!(refused.contains(id), "{id} finds nothing");
    assert!(!printed.contains("mst_rt_canary"), "the query was logged");
}

#[test]
fn log_lines_go_to_a_file_in_logfmt_if_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let variables = [
        ("MAINSTAY_LOG__FILE", "logs/app.log"),
        ("MAINSTAY_LOG__FORMAT", "logfmt"),
        ("MAINSTAY_LOG__STDOUT", "false"),
    ];
    let printed = Served::start(dir.path(), &variables).stop();
    assert!(!printed.contains("stopped in order"), "{printed}");
    let text = std::fs::read_to_string(dir.path().join("logs/app.log")).unwrap();
    assert!(
        text.contains("level=info") && text.contains("stopped in order"),
        "{text}"
    );
    assert!(
        !text.contains("token="),
        "the link of the first administrator was logged"
    );
}

#[test]
fn administrators_are_made_from_standard_input_and_only_once() {
    let dir = tempfile::tempdir().unwrap();
    let made = create_admin(dir.path(), "ada@example.com", PASSWORD);
    assert!(made.status.success(), "{}", stderr(&made));
    assert!(stdout(&made).contains("\"email\": \"ada@example.com\""));
    let again = create_admin(dir.path(), "ada@example.com", PASSWORD);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).starts_with("error: "), "{}", stderr(&again));
    let weak = create_admin(dir.path(), "bob@example.com", "password1");
    assert_eq!(weak.status.code(), Some(1));
    assert!(!stderr(&weak).contains("password1"), "{}", stderr(&weak));
    let invalid = create_admin(dir.path(), "nobody", PASSWORD);
    assert_eq!(invalid.status.code(), Some(2));
}

#[test]
fn migrations_go_up_and_down_and_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    let states = |arguments: &[&str]| -> Vec<bool> {
        let output = run(dir.path(), arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        rows.iter().map(|row| row["applied"].as_bool().unwrap()).collect()
    };
    assert!(
        states(&["migrate", "status", "--json"])
            .iter()
            .all(|applied| !applied)
    );
    assert!(!dir.path().join("data").exists(), "looking made a database");
    assert!(
        states(&["migrate", "up", "--json"])
            .iter()
            .all(|applied| *applied)
    );
    let down = states(&["migrate", "down", "--steps", "2", "--json"]);
    assert_eq!(down.iter().filter(|applied| !**applied).count(), 2);
    assert!(
        states(&["migrate", "fresh", "--yes", "--json"])
            .iter()
            .all(|applied| *applied)
    );
}

#[test]
fn destroying_all_data_wants_a_yes_and_never_happens_in_production() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), &["migrate", "fresh"]).status.code(), Some(2));
    let production = mainstay(dir.path(), &["migrate", "fresh", "--yes"])
        .env("ENVIRONMENT", "production")
        .env("SECRET_KEY", "correct-horse-battery-staple-0123456789")
        .env("PUBLIC_URL", "https://api.example.com")
        .output()
        .unwrap();
    assert_eq!(production.status.code(), Some(2));
    assert!(stderr(&production).contains("production refuses it"));
}

#[test]
fn a_wrong_configuration_is_refused_by_every_command_with_exit_code_2() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in [
        &["serve"][..],
        &["config", "check"],
        &["migrate", "up"],
        &["health"],
    ] {
        let output = mainstay(dir.path(), arguments)
            .env("PORT", "eighty")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr(&output).contains("server.port (PORT)"),
            "{}",
            stderr(&output)
        );
    }
    let json = mainstay(dir.path(), &["config", "check", "--json"])
        .env("PORT", "x")
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(report["problems"][0]["key"], "server.port");
    assert_eq!(json.status.code(), Some(2));
}

#[test]
fn the_configuration_is_shown_without_its_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let output = mainstay(dir.path(), &["config", "show"])
        .env("SECRET_KEY", "hush-hush")
        .env("DATABASE_URL", "mysql://ada:hush-hush@db/app")
        .output()
        .unwrap();
    let text = stdout(&output);
    assert!(text.contains("auth.secret_key = ***  # SECRET_KEY"), "{text}");
    assert!(
        text.contains("database.url = mysql://ada:***@db/app  # DATABASE_URL"),
        "{text}"
    );
    assert!(!text.contains("hush"), "{text}");
}

#[test]
fn texts_are_printed_without_leaving_anything_behind() {
    let dir = tempfile::tempdir().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&run(dir.path(), &["openapi"]).stdout).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/auth/login"].is_object());
    assert!(stdout(&run(dir.path(), &["errors"])).contains("EMAIL_TAKEN"));
    assert!(stdout(&run(dir.path(), &["env-example"])).contains("# PORT=8000"));
    assert!(stdout(&run(dir.path(), &["config", "reference"])).contains("| `server.port` | `PORT` |"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), &["frobnicate"]).status.code(), Some(2));
}

#[test]
fn a_completion_script_is_printed_for_every_common_shell() {
    let dir = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run(dir.path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let script = stdout(&output);
        for word in ["mainstay", "migrate", "completions"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    let unknown = run(dir.path(), &["completions", "tcsh"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("bash"), "{}", stderr(&unknown));
}

#[test]
fn keys_rotate_publishes_a_second_key_and_refuses_to_for_hmac() {
    let dir = tempfile::tempdir().unwrap();
    let keys = |algorithm: &str, command: &str| {
        let mut command = mainstay(dir.path(), &["keys", command, "--json"]);
        command.env("MAINSTAY_AUTH__ALGORITHM", algorithm);
        command.output().unwrap()
    };
    let refused = keys("HS256", "rotate");
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("SECRET_KEY_PREVIOUS"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(stdout(&keys("HS256", "list")).trim(), "[]");
    let rotated = keys("ES256", "rotate");
    assert!(rotated.status.success(), "{}", stderr(&rotated));
    let listed: serde_json::Value = serde_json::from_str(&stdout(&keys("ES256", "list"))).unwrap();
    let states: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["state"])
        .collect();
    assert_eq!(states, ["signing", "published"]);
    assert!(!stdout(&rotated).contains("v1."), "nothing sealed is shown");
}

#[test]
fn a_check_reads_the_certificates_that_redis_is_trusted_by() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("ca.pem"), "nothing of the kind").unwrap();
    for (url, file, told) in [
        ("rediss://localhost", "ca.pem", "expected certificates in PEM"),
        ("rediss://localhost", "missing.pem", "cannot be read"),
        ("redis://[nowhere", "", "redis.url"),
    ] {
        let output = mainstay(dir.path(), &["config", "check"])
            .env("REDIS_URL", url)
            .env("MAINSTAY_REDIS__TLS_CA_FILE", file)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{url} {file}");
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
}
