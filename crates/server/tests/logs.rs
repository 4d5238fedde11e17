//! Log lines of whole processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and tells the processes it starts what to do by the environment"
)]

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mainstay_server::{
    config::{Config, Environment, LogConfig, LogFormat, Sources},
    telemetry::{init_logs, log_panics},
};
use serde_json::Value;
use tempfile::TempDir;

/// What the processes that the tests start are told.
const FOLDER: &str = "LOGS_TEST_FOLDER";
const LINES: u64 = 30_000;

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn config(folder: &Path) -> LogConfig {
    LogConfig {
        format: LogFormat::Json,
        stdout: false,
        file: Some(folder.join("app.log")),
        max_file_size: 512 * 1024,
        // No line is dropped, however slow the disk.
        queue_size: 1 << 30,
        ..Config::load(&Sources::none()).unwrap().log
    }
}

/// Not a test: one of several processes on a folder.
#[test]
#[ignore = "the other tests start it as a process of its own"]
fn a_process_that_writes_many_lines_to_a_folder_shared_with_others() {
    let folder = PathBuf::from(env::var_os(FOLDER).expect("started by another test"));
    let unshipped = Config::load(&Sources::none()).unwrap().ship;
    let _logs = init_logs(&config(&folder), &unshipped, Environment::Local).unwrap();
    log_panics();
    for number in 0..LINES {
        tracing::info!(
            number,
            filler = "a line that is about as long as the line of a request"
        );
    }
    let panicked = std::thread::Builder::new().name("doomed".to_owned());
    let _ = panicked.spawn(|| panic!("on purpose")).unwrap().join();
}

/// Not a test: a process that writes until it is told to stop.
#[test]
#[ignore = "another test starts it as a process of its own"]
fn a_process_that_writes_lines_until_there_is_a_file_called_stop() {
    let folder = PathBuf::from(env::var_os(FOLDER).expect("started by another test"));
    let unshipped = Config::load(&Sources::none()).unwrap().ship;
    let roomy = LogConfig {
        max_file_size: 1 << 30,
        ..config(&folder)
    };
    let _logs = init_logs(&roomy, &unshipped, Environment::Local).unwrap();
    for number in (0_u64..).take_while(|_| !folder.join("stop").exists()) {
        tracing::info!(
            number,
            filler = "a line that is about as long as the line of a request"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A limit on the size of a file looks like a full disk: a part is written, then nothing more.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_tears_no_line_and_writing_goes_on_when_there_is_room() {
    const ROOM: u64 = 64 * 1024;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("app.log");
    let mut writer = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$@\"", "sh"])
        .arg(env::current_exe().unwrap())
        .args(["--ignored", "--exact"])
        .arg(UNTIL_STOP)
        .env(FOLDER, folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Each time that the disk seems full there is room again, until a line tells of it.
    let mut taken = Vec::new();
    let all = |taken: &[PathBuf]| -> String {
        let files = taken.iter().chain([&file]);
        files
            .map(|path| fs::read_to_string(path).unwrap_or_default())
            .collect()
    };
    eventually("lines after an outage", || {
        if fs::metadata(&file).is_ok_and(|known| known.len() > ROOM - 512) {
            let to = folder.path().join(format!("taken-{}", taken.len()));
            fs::rename(&file, &to).unwrap();
            taken.push(to);
        }
        all(&taken).contains("log lines cannot be written")
    });
    fs::write(folder.path().join("stop"), "").unwrap();
    assert!(writer.wait().unwrap().success());
    let text = all(&taken);
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let numbers: Vec<_> = lines.filter_map(|line| line["number"].as_u64()).collect();
    let count = numbers.len() as u64;
    assert!(numbers.into_iter().eq(0..count), "lines are missing or twice");
    assert!(count > 150, "{count}");
}

const MANY_LINES: &str = "a_process_that_writes_many_lines_to_a_folder_shared_with_others";
const UNTIL_STOP: &str = "a_process_that_writes_lines_until_there_is_a_file_called_stop";

fn start(folder: &Path, what: &str) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", what])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Files with lines, each line in one of them only: a process that ends while it compresses leaves a
/// part, or the file besides its compressed one, which the next process removes.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let ends = |path: &PathBuf, ending: &str| path.to_string_lossy().ends_with(ending);
    let is_whole = |path: &PathBuf| ends(path, ".log") || ends(path, ".log.gz");
    let files: Vec<_> = entries.filter(is_whole).collect();
    let is_packed = |path: &PathBuf| files.contains(&format!("{}.gz", path.display()).into());
    files.iter().filter(|path| !is_packed(path)).cloned().collect()
}

/// Every line of a folder that nobody writes to.
fn lines(folder: &Path) -> Vec<Value> {
    let mut lines = Vec::new();
    for path in files(folder) {
        let mut text = String::new();
        let file = File::open(&path).unwrap();
        if path.extension().unwrap() == "gz" {
            flate2::read::GzDecoder::new(file)
                .read_to_string(&mut text)
                .unwrap();
        } else {
            std::io::BufReader::new(file).read_to_string(&mut text).unwrap();
        }
        let parsed = text.lines().map(serde_json::from_str);
        lines.extend(parsed.map(|line| line.unwrap_or_else(|error| panic!("{}: {error}", path.display()))));
    }
    lines
}

#[test]
fn three_processes_on_one_folder_lose_tear_and_repeat_no_line() {
    let folder = TempDir::new().unwrap();
    let mut writers: Vec<_> = (0..3).map(|_| start(folder.path(), MANY_LINES)).collect();
    for writer in &mut writers {
        assert!(writer.wait().unwrap().success());
    }
    let ids: Vec<_> = writers.iter().map(|writer| u64::from(writer.id())).collect();
    let mut survivor = start(folder.path(), UNTIL_STOP);
    eventually("compression of what the others left", || {
        let files = files(folder.path());
        let left = files.iter().filter(|path| path.extension().unwrap() == "log");
        left.count() <= 3 && files.len() > 3
    });
    fs::write(folder.path().join("stop"), "").unwrap();
    assert!(survivor.wait().unwrap().success());
    let mut seen: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let mut lines = lines(folder.path());
    lines.retain(|line| ids.contains(&line["pid"].as_u64().unwrap()));
    for line in &lines {
        if let Some(number) = line["number"].as_u64() {
            seen.entry(line["pid"].as_u64().unwrap())
                .or_default()
                .push(number);
        }
    }
    assert_eq!(seen.len(), 3);
    for numbers in seen.values_mut() {
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(0..LINES), "{} lines", numbers.len());
    }
    let panics: Vec<_> = lines
        .iter()
        .filter(|line| line["target"] == "mainstay::panic")
        .collect();
    assert_eq!(panics.len(), 3);
    assert_eq!(panics[0]["panic"], "on purpose");
    assert_eq!(panics[0]["thread"], "doomed");
    assert!(panics[0]["place"].as_str().unwrap().contains("tests/logs.rs:"));
}

#[test]
fn processes_that_are_killed_leave_whole_lines_from_the_first_on() {
    let folder = TempDir::new().unwrap();
    let mut writers: Vec<_> = (0..3).map(|_| start(folder.path(), MANY_LINES)).collect();
    eventually("the first complete file", || files(folder.path()).len() > 3);
    for writer in &mut writers {
        writer.kill().unwrap();
        writer.wait().unwrap();
    }
    // Successors mend what they go on with; there are as many of them as files that may be torn.
    let mut successors: Vec<_> = (0..3).map(|_| start(folder.path(), MANY_LINES)).collect();
    for successor in &mut successors {
        assert!(successor.wait().unwrap().success());
    }
    let mut seen: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let written = lines_but_torn_ends(folder.path());
    for line in written.iter().filter(|line| line["number"].is_u64()) {
        let numbers = seen.entry(line["pid"].as_u64().unwrap()).or_default();
        numbers.push(line["number"].as_u64().unwrap());
    }
    for numbers in seen.values_mut() {
        numbers.sort_unstable();
        assert!(
            numbers.iter().copied().eq(0..numbers.len() as u64),
            "lines are missing or twice"
        );
    }
}

/// The end of a file that no successor happened to go on with may be half a line.
fn lines_but_torn_ends(folder: &Path) -> Vec<Value> {
    for path in files(folder)
        .iter()
        .filter(|path| path.extension().unwrap() == "log")
    {
        let text = fs::read(path).unwrap();
        let end = text
            .iter()
            .rposition(|octet| *octet == b'\n')
            .map_or(0, |end| end + 1);
        fs::write(path, &text[..end]).unwrap();
    }
    lines(folder)
}

/// A server in a process of its own that is stopped with the test.
struct Served {
    child: Child,
    port: u16,
}

impl Served {
    fn start(dir: &Path, variables: &[(&str, &str)], stdout: Stdio) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut child = Command::new(env!("CARGO_BIN_EXE_mainstay"))
            .arg("serve")
            .current_dir(dir)
            .env_clear()
            .env("PORT", port.to_string())
            .env("ENVIRONMENT", "dev")
            .env("SECRET_KEY", "a-secret-of-the-tests")
            .env("MAINSTAY_LOG__FILE", "logs/app.log")
            .envs(variables.iter().copied())
            .stdout(stdout)
            .spawn()
            .unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "it ended at once");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, port }
    }

    fn get(&self, path: &str, id: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = "Host: test\r\nConnection: close";
        write!(
            stream,
            "GET {path} HTTP/1.1\r\n{head}\r\nX-Request-ID: {id}\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    fn stop(&mut self) {
        self.signal("-TERM");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log_text(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("logs/app.log")).unwrap_or_default()
}

#[test]
fn lines_go_to_standard_output_and_to_a_file_at_the_same_time() {
    let dir = TempDir::new().unwrap();
    let mut server = Served::start(dir.path(), &[], Stdio::piped());
    server.get("/api/v1/users", "both-places");
    server.stop();
    let mut printed = String::new();
    server
        .child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut printed)
        .unwrap();
    for text in [printed, log_text(&dir)] {
        let line = text.lines().find(|line| line.contains("both-places")).unwrap();
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["target"], "mainstay::access");
        assert_eq!(line["status"], 401);
        assert!(line["duration_ms"].is_f64() && line["pid"].is_u64() && line["line"].is_u64());
        assert!(text.contains("stopped in order"), "{text}");
    }
}

#[test]
fn a_reader_that_stands_still_holds_up_no_request_and_no_other_output() {
    let dir = TempDir::new().unwrap();
    let queue = ("MAINSTAY_LOG__QUEUE_SIZE", "64KiB");
    // Nobody reads this pipe; it holds as much as the system gives it.
    let mut server = Served::start(dir.path(), &[queue], Stdio::piped());
    for number in 0..600 {
        let answer = server.get("/api/v1/users", &format!("stalled-{number}"));
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    eventually("the last line in the file", || {
        log_text(&dir).contains("stalled-599")
    });
    eventually("the number of dropped lines", || {
        let metrics = server.get("/metrics", "metrics");
        let mut dropped = metrics
            .lines()
            .filter(|line| line.starts_with("mainstay_log_lines_dropped_total"));
        dropped.any(|line| line.contains("stdout") && !line.ends_with(" 0"))
    });
    server.child.kill().unwrap();
}

#[test]
#[cfg(unix)]
fn a_signal_changes_the_level_while_the_server_runs_and_changes_it_back() {
    let dir = TempDir::new().unwrap();
    let server = Served::start(dir.path(), &[("LOG_LEVEL", "warn")], Stdio::null());
    let changes = || log_text(&dir).matches("a signal changed the log level").count();
    server.get("/api/v1/users", "quiet-one");
    server.signal("-USR1");
    eventually("the first change", || changes() == 1);
    server.get("/api/v1/users", "loud-one");
    eventually("the line of a request", || log_text(&dir).contains("loud-one"));
    server.signal("-USR1");
    eventually("the second change", || changes() == 2);
    server.get("/api/v1/users", "quiet-two");
    server.signal("-USR1");
    eventually("the third change", || changes() == 3);
    let text = log_text(&dir);
    assert!(
        !text.contains("quiet-one") && !text.contains("quiet-two"),
        "{text}"
    );
}

/// Makes an administrator of the database in `dir`.
fn make_admin(dir: &Path) {
    let mut create = Command::new(env!("CARGO_BIN_EXE_mainstay"))
        .args([
            "admin",
            "create",
            "--email",
            "ada@example.com",
            "--password-stdin",
        ])
        .current_dir(dir)
        .env_clear()
        .env("ENVIRONMENT", "dev")
        .env("SECRET_KEY", "a-secret-of-the-tests-that-is-long-enough")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(create.stdin.take().unwrap(), "correct horse battery staple").unwrap();
    assert!(create.wait().unwrap().success());
}

impl Served {
    /// Sends JSON with a token; the body of the answer, which must be a success.
    fn send(&self, (method, path): (&str, &str), token: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }
}

#[test]
#[cfg(unix)]
fn a_call_changes_the_level_for_a_while_and_a_signal_or_the_time_ends_it() {
    const PATH: &str = "/api/v1/system/log-level";
    let dir = TempDir::new().unwrap();
    make_admin(dir.path());
    let settings = [
        ("LOG_LEVEL", "warn"),
        ("SECRET_KEY", "a-secret-of-the-tests-that-is-long-enough"),
    ];
    let server = Served::start(dir.path(), &settings, Stdio::null());
    let login = r#"{"email":"ada@example.com","password":"correct horse battery staple"}"#;
    let login = server.send(("POST", "/api/v1/auth/login"), "none", login);
    let token = login["access_token"].as_str().unwrap();
    let count = |what: &str| log_text(&dir).matches(what).count();

    server.get("/api/v1/users", "quiet-one");
    let changed = server.send(("PUT", PATH), token, r#"{"level":"debug","for_seconds":86400}"#);
    assert_eq!(
        (&changed["level"], &changed["configured"]),
        (&"debug".into(), &"warn".into())
    );
    assert!(changed["until"].is_string(), "{changed}");
    server.get("/api/v1/users", "loud-one");
    eventually("the line of a request", || count("loud-one") > 0);
    server.signal("-USR1");
    eventually("the signal's change", || {
        count("a signal changed the log level") == 1
    });
    let now = server.send(("GET", PATH), token, "");
    assert_eq!((&now["level"], &now["until"]), (&"warn".into(), &Value::Null));
    server.get("/api/v1/users", "quiet-two");

    server.send(("PUT", PATH), token, r#"{"level":"debug","for_seconds":86400}"#);
    server.send(
        ("PUT", PATH),
        token,
        r#"{"level":"info,mainstay_api=debug","for_seconds":1}"#,
    );
    eventually("the end of the time", || {
        count("the log level is as configured again") == 1
    });
    server.get("/api/v1/users", "quiet-three");
    server.signal("-USR1");
    eventually("the signal's second change", || {
        count("a signal changed the log level") == 2
    });
    let now = server.send(("GET", PATH), token, "");
    assert_eq!((&now["level"], &now["until"]), (&"debug".into(), &Value::Null));
    assert_eq!(count("quiet-"), 0, "{}", log_text(&dir));
}
