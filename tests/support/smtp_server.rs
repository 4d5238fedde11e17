//! A real mail server that misbehaves on demand: aiosmtpd, in a process of its own.

use std::{
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use mainstay_testkit::{TestApp, TestAppBuilder};
use serde_json::Value;

/// The longest a mail that was handed over may take to be told.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the server accepted so far.
type Accepted = Arc<Mutex<Vec<Value>>>;

/// A mail server that ends when it is dropped.
pub struct SmtpServer {
    pub port: u16,
    accepted: Accepted,
    process: Child,
}

impl SmtpServer {
    /// Starts one, or says loudly that the test is skipped because Python or aiosmtpd is
    /// missing. With `REQUIRE_BACKENDS=1` that is a failure instead.
    pub fn start(arguments: &[&str]) -> Option<Self> {
        if !is_there() {
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/smtp_server.py");
        let mut process = Command::new(python())
            .arg(script)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output"));
        let mut port = String::new();
        lines.read_line(&mut port).expect("its port");
        let accepted = Accepted::default();
        let told = Arc::clone(&accepted);
        thread::spawn(move || listen(lines, &told));
        Some(Self {
            port: port.trim().parse().expect("a port"),
            accepted,
            process,
        })
    }

    /// The mails it accepted. They come through a pipe, so that this waits until there are
    /// `expected`, and then for a while whether there are more.
    pub fn accepted(&self, expected: usize) -> Vec<Value> {
        let told = || self.accepted.lock().expect("no panic").clone();
        let begun = Instant::now();
        while told().len() < expected && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_millis(300));
        told()
    }

    /// A server under test that sends its mails here, and soon again what failed.
    pub fn client(&self, tls: &str) -> TestAppBuilder {
        TestApp::with("mail.transport", "smtp")
            .with("mail.host", "localhost")
            .with("mail.port", &self.port.to_string())
            .with("mail.tls", tls)
            .with("mail.from", "no-reply@example.org")
            .with("mail.from_name", "Mainstay Tests")
            .with("jobs.in_process", "true")
            .with("jobs.poll_interval", "50ms")
            .with("jobs.retry_delay", "20ms")
            .with("jobs.retry_max_delay", "100ms")
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn listen(lines: BufReader<ChildStdout>, accepted: &Accepted) {
    for line in lines.lines().map_while(Result::ok) {
        let mail = serde_json::from_str(&line).expect("a line of JSON");
        accepted.lock().expect("no panic").push(mail);
    }
}

#[allow(clippy::disallowed_methods, reason = "a test run has no configuration")]
fn python() -> String {
    env::var("TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

#[allow(clippy::disallowed_methods, reason = "a test run has no configuration")]
fn is_there() -> bool {
    let asked = Command::new(python())
        .args(["-c", "import aiosmtpd"])
        .stderr(Stdio::null())
        .status();
    if asked.is_ok_and(|status| status.success()) {
        return true;
    }
    let missing = "aiosmtpd is missing: pip install aiosmtpd, and name its Python by TEST_PYTHON";
    assert!(env::var("REQUIRE_BACKENDS").is_err(), "{missing}");
    eprintln!(
        "SKIPPED {}: {missing}",
        thread::current().name().unwrap_or_default()
    );
    false
}

/// A certificate for localhost, and the authority that signed it.
pub struct TestCertificate {
    folder: PathBuf,
}

impl TestCertificate {
    /// Makes both with `openssl`, in `folder`.
    pub fn make(folder: &Path) -> Self {
        let new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
        let openssl = |arguments: &[&str]| {
            let mut command = Command::new("openssl");
            command.args(new).args(arguments).current_dir(folder);
            let run = command.stderr(Stdio::null()).status();
            assert!(
                run.is_ok_and(|status| status.success()),
                "openssl makes certificates"
            );
        };
        openssl(&[
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-subj",
            "/CN=Test authority",
        ]);
        openssl(&[
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-keyout",
            "server.key",
            "-out",
            "server.pem",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=CA:FALSE",
        ]);
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The path of `ca.pem`, `server.pem` or `server.key`.
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}
