//! A real Redis, or Valkey, of a test's own, that can be paused, killed and started again.

use std::{
    env,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Programs that speak the protocol; the first that is there is taken.
const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];
/// Below the ports that systems hand out by themselves, so that a port is still free when the
/// server comes back to it.
const PORTS: std::ops::Range<u16> = 20_000..25_000;
/// From a server's port to the one that it speaks TLS on, if it is told to.
const TO_TLS: u16 = 5_000;
/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that ends when it is dropped. It keeps nothing: what comes back is empty.
pub struct RedisServer {
    pub port: u16,
    program: &'static str,
    arguments: Vec<String>,
    process: Child,
}

impl RedisServer {
    /// Starts one, or says loudly that the test is skipped because there is none. With
    /// `REQUIRE_BACKENDS=1` that is a failure instead.
    pub fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// Likewise, with more on its command line, where `{tls}` stands for its second port.
    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        let program = program()?;
        let arguments: Vec<_> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        for port in free_ports() {
            let mut process = spawn(program, port, &arguments);
            if answers(port, &mut process) {
                return Some(Self {
                    port,
                    program,
                    arguments,
                    process,
                });
            }
            // Somebody else was faster at this port.
            let _ = process.kill();
            let _ = process.wait();
        }
        panic!("no {program} could be started");
    }

    /// The port that stood for `{tls}`.
    pub fn tls_port(&self) -> u16 {
        self.port + TO_TLS
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it has ended");
    }

    /// Starts it again, where it was.
    pub fn restart(&mut self) {
        let begun = Instant::now();
        loop {
            self.process = spawn(self.program, self.port, &self.arguments);
            if answers(self.port, &mut self.process) {
                return;
            }
            let _ = self.process.kill();
            let _ = self.process.wait();
            assert!(begun.elapsed() < PATIENCE, "it does not come back");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Has it do nothing at all, with all its connections open.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal}");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends a line to a server without TLS and gives back what it answers within one read.
pub fn tell_redis(port: u16, line: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(format!("{line}\r\n").as_bytes())?;
    let mut answer = [0; 64 * 1024];
    let length = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

fn spawn(program: &str, port: u16, arguments: &[String]) -> Child {
    let own = [
        ("--port", port.to_string()),
        ("--bind", "127.0.0.1".to_owned()),
        ("--save", String::new()),
        ("--appendonly", "no".to_owned()),
        ("--loglevel", "warning".to_owned()),
    ];
    let own = own.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
    let mut command = Command::new(program);
    let tls = (port + TO_TLS).to_string();
    let arguments = arguments.iter().map(|argument| argument.replace("{tls}", &tls));
    command.args(own).args(arguments).current_dir(env::temp_dir());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it starts")
}

/// Waits until it answers on this port; not if it ends.
fn answers(port: u16, process: &mut Child) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if process.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
        // One that wants a password answers too.
        if tell_redis(port, "PING").is_ok_and(|answer| answer.starts_with(['+', '-'])) {
            return process.try_wait().is_ok_and(|ended| ended.is_none());
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Some ports that are free now, others for each process and call.
fn free_ports() -> impl Iterator<Item = u16> {
    static CALLS: AtomicU16 = AtomicU16::new(0);
    let size = PORTS.end - PORTS.start;
    // Neighbours with neighbouring numbers begin far from one another.
    let process = u16::try_from(std::process::id() * 53 % u32::from(size)).unwrap_or_default();
    (0..50).filter_map(move |_| {
        let offset = process + CALLS.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + offset % size;
        TcpListener::bind(("127.0.0.1", port)).is_ok().then_some(port)
    })
}

/// A server that somebody else runs, such as Valkey: `TEST_REDIS_URL`.
#[allow(clippy::disallowed_methods, reason = "a test run has no configuration")]
pub fn given_redis() -> Option<String> {
    env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty())
}

#[allow(clippy::disallowed_methods, reason = "a test run has no configuration")]
fn program() -> Option<&'static str> {
    let paths = env::var_os("PATH").unwrap_or_default();
    let is_there =
        |program: &&str| env::split_paths(&paths).any(|folder| Path::new(&folder).join(program).is_file());
    let found = PROGRAMS.into_iter().find(is_there);
    if found.is_none() {
        let missing = "neither redis-server nor valkey-server is installed";
        assert!(env::var("REQUIRE_BACKENDS").is_err(), "{missing}");
        eprintln!(
            "SKIPPED {}: {missing}",
            thread::current().name().unwrap_or_default()
        );
    }
    found
}
