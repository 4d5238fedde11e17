//! Files on a disk.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
    sync::mpsc::sync_channel,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::{FileNames, Limits, LogFile, tidier::Tidier, writer::Sink};

const LIMITS: Limits = Limits {
    file: 1_000,
    age: Duration::ZERO,
    total: 0,
};

const DAY: Duration = Duration::from_secs(86_400);

fn names(folder: &TempDir) -> FileNames {
    FileNames::new(&folder.path().join("app.log")).unwrap()
}

/// A file without a thread that tidies.
fn open(folder: &TempDir, limits: Limits) -> LogFile {
    let (names, (call, called)) = (names(folder), sync_channel(1));
    std::mem::forget(called);
    let acquired = names.acquire().unwrap();
    LogFile::over(names, acquired, limits, call).unwrap()
}

fn tidier(folder: &TempDir, limits: Limits) -> Tidier {
    let mut tidier = Tidier::new(names(folder), limits);
    tidier.grace = Duration::ZERO;
    tidier
}

fn listed(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(name).filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

fn text_of(path: &Path) -> String {
    let mut text = String::new();
    let file = File::open(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::GzDecoder::new(file)
            .read_to_string(&mut text)
            .unwrap();
    } else {
        io::BufReader::new(file).read_to_string(&mut text).unwrap();
    }
    text
}

/// Every line of the folder, each of which must be there once only.
fn all_lines(folder: &TempDir) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for name in listed(folder) {
        for line in text_of(&folder.path().join(&name)).lines() {
            assert!(lines.insert(line.to_owned()), "{line} is there twice");
        }
    }
    lines
}

fn write_lines(file: &mut LogFile, of: &str, count: usize) {
    for number in 0..count {
        file.write(format!("{of} line {number:05}\n").as_bytes()).unwrap();
    }
}

#[test]
fn files_take_turns_before_they_grow_too_large_and_no_line_is_cut() {
    let folder = TempDir::new().unwrap();
    let mut file = open(&folder, LIMITS);
    write_lines(&mut file, "one", 300);
    let batch: String = (0..300).map(|number| format!("two line {number:05}\n")).collect();
    file.write(batch.as_bytes()).unwrap();
    file.write(format!("{}\n", "x".repeat(3_000)).as_bytes()).unwrap();
    assert_eq!(all_lines(&folder).len(), 601);
    let names = listed(&folder);
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        let path = folder.path().join(&name);
        let (size, text) = (fs::metadata(&path).unwrap().len(), text_of(&path));
        assert!(size <= 1_000 || text.lines().count() == 1, "{name} has {size}");
        assert!(text.ends_with('\n'), "{name} ends within a line");
    }
}

#[test]
fn complete_files_are_compressed_and_the_current_one_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let mut file = open(&folder, LIMITS);
    write_lines(&mut file, "one", 300);
    let before = all_lines(&folder);
    fs::write(
        folder.path().join("app.20200101T000000.000000Z-1.log.gz.part"),
        "half",
    )
    .unwrap();
    assert!(tidier(&folder, LIMITS).tidy(SystemTime::now()).unwrap());
    let names = listed(&folder);
    assert_eq!(
        names.iter().filter(|name| !name.ends_with(".gz")).count(),
        1,
        "{names:?}"
    );
    assert_eq!(all_lines(&folder), before);
    write_lines(&mut file, "later", 10);
    assert_eq!(all_lines(&folder).len(), 310);
}

#[test]
fn a_compression_that_was_interrupted_is_finished_by_the_next() {
    let folder = TempDir::new().unwrap();
    let mut file = open(&folder, LIMITS);
    write_lines(&mut file, "one", 100);
    let before = all_lines(&folder);
    let complete = listed(&folder)
        .into_iter()
        .find(|name| name.contains('Z'))
        .unwrap();
    let complete = folder.path().join(complete);
    let kept = fs::read(&complete).unwrap();
    tidier(&folder, LIMITS).tidy(SystemTime::now()).unwrap();
    // As if it had died between giving the compressed file its name and removing the other.
    fs::write(&complete, kept).unwrap();
    tidier(&folder, LIMITS).tidy(SystemTime::now()).unwrap();
    assert!(!complete.exists());
    assert_eq!(all_lines(&folder), before);
}

#[test]
fn old_files_are_removed_and_younger_ones_are_kept() {
    let folder = TempDir::new().unwrap();
    let mut file = open(&folder, LIMITS);
    write_lines(&mut file, "one", 300);
    let limits = Limits {
        age: 90 * DAY,
        ..LIMITS
    };
    let tidier = tidier(&folder, limits);
    tidier.tidy(SystemTime::now() + 89 * DAY).unwrap();
    assert_eq!(all_lines(&folder).len(), 300);
    tidier.tidy(SystemTime::now() + 91 * DAY).unwrap();
    assert_eq!(listed(&folder), ["app.log"]);
    // A clock that goes back removes nothing.
    write_lines(&mut file, "two", 300);
    let before = all_lines(&folder).len();
    tidier.tidy(SystemTime::now() - 400 * DAY).unwrap();
    assert_eq!(all_lines(&folder).len(), before);
}

#[test]
fn the_oldest_files_go_first_when_all_together_are_too_large() {
    let folder = TempDir::new().unwrap();
    let mut file = open(&folder, LIMITS);
    write_lines(&mut file, "one", 500);
    let newest = text_of(&folder.path().join("app.log"));
    let limits = Limits {
        total: 1_500,
        ..LIMITS
    };
    tidier(&folder, limits).tidy(SystemTime::now()).unwrap();
    let paths = listed(&folder).into_iter().map(|name| folder.path().join(name));
    let total: u64 = paths.map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(total <= 1_500, "{total}");
    assert_eq!(text_of(&folder.path().join("app.log")), newest);
    let left = all_lines(&folder);
    assert!(left.contains("one line 00499") && !left.contains("one line 00000"));
}

#[test]
fn every_writer_has_a_file_of_its_own_and_the_files_of_the_dead_are_adopted() {
    let folder = TempDir::new().unwrap();
    let (mut one, mut two) = (open(&folder, LIMITS), open(&folder, LIMITS));
    write_lines(&mut one, "one", 20);
    write_lines(&mut two, "two", 20);
    assert_eq!(listed(&folder), ["app.2.log", "app.log"]);
    drop(one);
    let mut torn = File::options()
        .append(true)
        .open(folder.path().join("app.log"))
        .unwrap();
    torn.write_all(b"half a line of a process that was killed")
        .unwrap();
    let tidier = tidier(&folder, LIMITS);
    tidier.tidy(SystemTime::now()).unwrap();
    let names = listed(&folder);
    assert!(!names.contains(&"app.log".to_owned()), "{names:?}");
    assert!(names.iter().any(|name| name.ends_with("-1.log.gz")), "{names:?}");
    assert!(names.contains(&"app.2.log".to_owned()), "{names:?}");
    let mut three = open(&folder, LIMITS);
    write_lines(&mut three, "three", 20);
    assert!(text_of(&folder.path().join("app.log")).starts_with("three"));
    assert_eq!(all_lines(&folder).len(), 60);
}

#[test]
fn a_restarted_process_goes_on_behind_the_last_whole_line() {
    let folder = TempDir::new().unwrap();
    let mut file = open(&folder, LIMITS);
    write_lines(&mut file, "one", 3);
    drop(file);
    let path = folder.path().join("app.log");
    let mut torn = File::options().append(true).open(&path).unwrap();
    torn.write_all(b"half a li").unwrap();
    let mut file = open(&folder, LIMITS);
    write_lines(&mut file, "two", 1);
    assert_eq!(
        text_of(&path),
        "one line 00000\none line 00001\none line 00002\ntwo line 00000\n"
    );
}

#[test]
fn a_file_that_was_removed_or_moved_away_is_followed_by_a_new_one() {
    let folder = TempDir::new().unwrap();
    let mut file = open(&folder, LIMITS);
    let path = folder.path().join("app.log");
    write_lines(&mut file, "one", 3);
    fs::remove_file(&path).unwrap();
    write_lines(&mut file, "two", 1);
    assert_eq!(text_of(&path), "two line 00000\n");
    File::options().write(true).truncate(true).open(&path).unwrap();
    write_lines(&mut file, "three", 1);
    assert_eq!(text_of(&path), "three line 00000\n");
    fs::rename(&path, folder.path().join("taken")).unwrap();
    write_lines(&mut file, "four", 1);
    assert_eq!(text_of(&path), "four line 00000\n");
}

#[test]
fn files_of_others_in_the_same_folder_are_not_touched() {
    let folder = TempDir::new().unwrap();
    let others = [
        "app.txt",
        "application.log",
        "app.conf.log",
        "app.1.log.gz",
        "app-2020.log",
        "app.20251120.log",
        "app-db.sql.gz.part",
        "app-worker.20261121T201000.123456Z-1.log.gz.part",
    ];
    for name in others {
        fs::write(folder.path().join(name), "not ours\n").unwrap();
    }
    let limits = Limits {
        age: DAY,
        total: 1,
        ..LIMITS
    };
    tidier(&folder, limits)
        .tidy(SystemTime::now() + 900 * DAY)
        .unwrap();
    assert_eq!(listed(&folder).len(), others.len());
}

#[test]
fn while_one_process_tidies_another_does_not() {
    let folder = TempDir::new().unwrap();
    let held = File::create(names(&folder).caretaker()).unwrap();
    held.lock().unwrap();
    let tidier = tidier(&folder, LIMITS);
    assert!(!tidier.tidy(SystemTime::now()).unwrap());
    drop(held);
    assert!(tidier.tidy(SystemTime::now()).unwrap());
}
