//! `backup` while a server writes, and `restore` when none does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and holds up nobody by waiting"
)]

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

/// The binary in a folder of its own, with the database where it is by default.
fn mainstay(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
    command.args(arguments).current_dir(dir).env_clear().envs([
        ("DATABASE_URL", "sqlite://data/app.db"),
        ("SECRET_KEY", "only for tests: thirty-two bytes and then some"),
        ("MAINSTAY_HASHING__MEMORY_KIB", "64"),
        ("MAINSTAY_HASHING__ITERATIONS", "1"),
        ("MAINSTAY_THROTTLE__ENABLED", "false"),
    ]);
    command
}

fn run(dir: &Path, arguments: &[&str]) -> Output {
    mainstay(dir, arguments).output().unwrap()
}

/// Refused with this exit code, and a sentence that has these words.
fn refused(output: &Output, code: i32, words: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(words), "{said}");
}

fn done(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// Ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(dir: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut child = mainstay(dir, &["serve"])
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "it ended at once");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, port }
    }

    fn terminate(mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status of an answer about somebody's account.
fn post(port: u16, path: &str, number: u32) -> u16 {
    let body = format!(r#"{{"email":"user{number}@example.com","password":"correct horse battery staple"}}"#);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Registers one after another until it is told to stop; tells how many are there.
fn register(port: u16, known: &Arc<AtomicU32>, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
    let (known, stop) = (Arc::clone(known), Arc::clone(stop));
    std::thread::spawn(move || {
        while !stop.load(Ordering::SeqCst) {
            let number = known.load(Ordering::SeqCst);
            assert_eq!(post(port, "/api/v1/auth/register", number), 201);
            known.fetch_add(1, Ordering::SeqCst);
        }
    })
}

fn wait_for(known: &AtomicU32, least: u32) {
    while known.load(Ordering::SeqCst) < least {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_backup_under_writes_holds_what_was_acknowledged_and_can_be_served_again() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let server = Server::start(dir);
    let (known, stop) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let writer = register(server.port, &known, &stop);
    wait_for(&known, 5);
    done(&run(dir, &["backup", "first.db"]));
    let before = known.load(Ordering::SeqCst);
    done(&run(dir, &["backup", "second.db", "--json"]));
    wait_for(&known, before + 5);
    stop.store(true, Ordering::SeqCst);
    writer.join().unwrap();

    let names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 3, "nothing but two copies and the data: {names:?}");
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &fs::metadata(dir.join("second.db")).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
    }
    refused(&run(dir, &["backup", "second.db"]), 2, "--force");
    refused(&run(dir, &["restore", "second.db", "--force"]), 1, "is in use");
    let last = known.load(Ordering::SeqCst) - 1;
    assert_eq!(post(server.port, "/api/v1/auth/login", last), 200);
    server.terminate();

    refused(&run(dir, &["restore", "second.db"]), 2, "--force");
    let copy = fs::read(dir.join("second.db")).unwrap();
    done(&run(dir, &["restore", "second.db", "--force"]));
    assert_eq!(fs::read(dir.join("second.db")).unwrap(), copy);
    let server = Server::start(dir);
    for number in 0..before {
        assert_eq!(
            post(server.port, "/api/v1/auth/login", number),
            200,
            "{number} of {before}"
        );
    }
    assert_eq!(post(server.port, "/api/v1/auth/login", last), 401);
    server.terminate();
}

#[test]
fn a_file_that_is_no_whole_database_of_this_server_is_not_restored() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    done(&run(dir, &["migrate", "up"]));
    done(&run(dir, &["backup", "good.db"]));
    let good = fs::read(dir.join("good.db")).unwrap();
    let database = fs::read(dir.join("data/app.db")).unwrap();

    fs::write(dir.join("text.db"), "no database").unwrap();
    refused(
        &run(dir, &["restore", "text.db", "--force"]),
        1,
        "cannot be restored",
    );
    fs::write(dir.join("empty.db"), "").unwrap();
    refused(
        &run(dir, &["restore", "empty.db", "--force"]),
        1,
        "no database of this server",
    );
    fs::write(dir.join("half.db"), &good[..good.len() / 2]).unwrap();
    refused(
        &run(dir, &["restore", "half.db", "--force"]),
        1,
        "cannot be restored",
    );
    refused(
        &run(dir, &["restore", "absent.db", "--force"]),
        1,
        "there is no file",
    );
    assert_eq!(fs::read(dir.join("data/app.db")).unwrap(), database);

    // As a newer release would name its last step.
    let (old, new) = (b"m20261121_000001_users", b"m20991121_000001_users");
    let place = good.windows(old.len()).position(|window| window == old).unwrap();
    let mut newer = good.clone();
    newer[place..place + new.len()].copy_from_slice(new);
    fs::write(dir.join("newer.db"), newer).unwrap();
    let output = run(dir, &["restore", "newer.db", "--force"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read(dir.join("data/app.db")).unwrap(), database);
}

#[test]
fn a_copy_is_restored_where_no_database_is_and_other_databases_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    refused(&run(dir, &["backup", "copy.db"]), 1, "there is no database");
    done(&run(dir, &["migrate", "up"]));
    done(&run(dir, &["backup", "copy.db"]));
    done(&run(dir, &["backup", "copy.db", "--force"]));
    let itself = run(dir, &["backup", "data/app.db", "--force"]);
    refused(&itself, 1, "is the database itself");
    fs::write(dir.join("copy.db-wal"), "half of it").unwrap();
    refused(&run(dir, &["restore", "copy.db", "--force"]), 1, "would be lost");
    fs::remove_file(dir.join("copy.db-wal")).unwrap();
    fs::remove_dir_all(dir.join("data")).unwrap();
    open_to_all(&dir.join("copy.db"));
    done(&run(dir, &["restore", "copy.db"]));
    assert_private(&dir.join("data/app.db"));
    let status = run(dir, &["migrate", "status"]);
    done(&status);
    assert!(!String::from_utf8_lossy(&status.stdout).contains("pending"));
    let mut other = mainstay(dir, &["backup", "other.db"]);
    other.env("DATABASE_URL", "postgres://127.0.0.1:1/app");
    refused(&other.output().unwrap(), 2, "pg_dump");
}

/// The user that a service runs as, whoever that is.
#[cfg(unix)]
const SERVICE: u32 = 54_321;

#[cfg(unix)]
fn owner(file: &Path) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt as _;
    let file = fs::metadata(file).unwrap();
    (file.uid(), file.gid())
}

#[cfg(unix)]
#[test]
fn what_root_restores_belongs_to_whoever_owned_the_database_or_its_folder() {
    use std::os::unix::fs::chown;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    if owner(dir).0 != 0 {
        eprintln!("SKIPPED what_root_restores_belongs_to_whoever_owned_the_database_or_its_folder: not root");
        return;
    }
    done(&run(dir, &["migrate", "up"]));
    done(&run(dir, &["backup", "copy.db"]));
    let database = dir.join("data/app.db");
    chown(&database, Some(SERVICE), Some(SERVICE + 1)).unwrap();
    done(&run(dir, &["restore", "copy.db", "--force"]));
    assert_eq!(
        owner(&database),
        (SERVICE, SERVICE + 1),
        "as the file it replaced"
    );

    fs::remove_file(&database).unwrap();
    chown(dir.join("data"), Some(SERVICE + 2), Some(SERVICE + 3)).unwrap();
    done(&run(dir, &["restore", "copy.db"]));
    assert_eq!(owner(&database), (SERVICE + 2, SERVICE + 3), "as its folder");

    fs::remove_dir_all(dir.join("data")).unwrap();
    chown(dir, Some(SERVICE), Some(SERVICE)).unwrap();
    done(&run(dir, &["restore", "copy.db"]));
    assert_eq!(
        owner(&dir.join("data")),
        (SERVICE, SERVICE),
        "as the folder above"
    );
    assert_eq!(
        owner(&database),
        (SERVICE, SERVICE),
        "as the folder that was made"
    );
    let names: Vec<_> = fs::read_dir(dir.join("data")).unwrap().collect();
    assert_eq!(
        names.len(),
        1,
        "a journal of root's beside it would lock the service out"
    );
}

#[cfg(unix)]
#[test]
fn a_damaged_database_is_replaced_unless_somebody_holds_a_lock_on_it() {
    use rustix::fs::{FlockOperation, fcntl_lock};
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    done(&run(dir, &["migrate", "up"]));
    done(&run(dir, &["backup", "copy.db"]));
    let database = dir.join("data/app.db");
    fs::write(&database, "no database any more, whatever it was before").unwrap();
    let user = fs::OpenOptions::new().read(true).open(&database).unwrap();
    fcntl_lock(&user, FlockOperation::NonBlockingLockShared).unwrap();
    refused(&run(dir, &["restore", "copy.db", "--force"]), 1, "is in use");
    drop(user);
    refused(&run(dir, &["restore", "copy.db"]), 2, "--force");
    done(&run(dir, &["restore", "copy.db", "--force"]));
    done(&run(dir, &["migrate", "status"]));
}

/// As a copy that went over a share.
fn open_to_all(file: &Path) {
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
}

fn assert_private(file: &Path) {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "others may read the database: {mode:o}");
    }
}
