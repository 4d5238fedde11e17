//! What only a disk can suffer.

use std::{
    fs,
    future::poll_fn,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    task::Poll,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use mainstay_domain::{BucketName, ObjectKey};
use mainstay_services::ports::{ObjectError, ObjectStore};
use tempfile::TempDir;

use super::LocalDisk;

fn bucket() -> BucketName {
    BucketName::parse("reports").unwrap()
}

fn key(text: &str) -> ObjectKey {
    ObjectKey::parse(text).unwrap()
}

async fn disk() -> (TempDir, LocalDisk) {
    let folder = tempfile::tempdir().unwrap();
    let disk = LocalDisk::new(folder.path().join("files"));
    disk.create_bucket(&bucket()).await.unwrap();
    (folder, disk)
}

async fn write(disk: &LocalDisk, name: &str, octets: Vec<u8>) -> Result<(), ObjectError> {
    let mut writer = disk.write(&bucket(), &key(name)).await?;
    writer.write(octets.into()).await?;
    writer.finish().await
}

async fn read(disk: &LocalDisk, name: &str) -> Result<Vec<u8>, ObjectError> {
    let read = disk.read(&bucket(), &key(name), None).await?;
    let pieces: Vec<Bytes> = read.body.try_collect().await?;
    Ok(pieces.concat())
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut found): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    found.extend(folders.iter().flat_map(|folder| files(folder)));
    found
}

/// Waits until nothing is in a folder: what is dropped may be removed by another thread.
async fn until_empty(folder: &Path) {
    for _ in 0..3000 {
        if files(folder).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("left behind: {:?}", files(folder));
}

#[tokio::test]
async fn nobody_else_may_look_into_the_folders_or_the_files() {
    let (folder, disk) = disk().await;
    write(&disk, "one", b"1".to_vec()).await.unwrap();
    let root = folder.path().join("files");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in [root.clone(), root.join(".tmp"), root.join("reports")] {
        assert_eq!(mode(&path), 0o700, "{path:?}");
    }
    let files = files(&root);
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0]), 0o600);
    assert_eq!(mode(files[0].parent().unwrap()), 0o700);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_is_dropped_at_any_point_leaves_no_file() {
    let (folder, disk) = disk().await;
    for pieces in 0..12 {
        let mut writer = disk.write(&bucket(), &key("one")).await.unwrap();
        for _ in 0..pieces {
            writer.write(vec![7; 100_000].into()).await.unwrap();
        }
        drop(writer);
    }
    until_empty(&folder.path().join("files")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_is_broken_off_makes_the_writer_useless() {
    let (folder, disk) = disk().await;
    let mut writer = disk.write(&bucket(), &key("one")).await.unwrap();
    let mut long = writer.write(vec![7; 64 << 20].into());
    // Begun, and no further: however slow this machine is just now, the disk is slower.
    let begun = poll_fn(|context| Poll::Ready(long.as_mut().poll(context))).await;
    assert!(begun.is_pending(), "the disk is too fast for this test");
    drop(long);
    assert!(matches!(writer.finish().await, Err(ObjectError::Unavailable(_))));
    assert_eq!(disk.head(&bucket(), &key("one")).await, Ok(None));
    until_empty(&folder.path().join("files")).await;
}

#[tokio::test]
async fn temporary_files_are_removed_once_they_are_old() {
    let (folder, disk) = disk().await;
    let temporary = folder.path().join("files/.tmp");
    let (old, young) = (temporary.join("1-old-0"), temporary.join("1-young-0"));
    for path in [&old, &young] {
        fs::write(path, "half").unwrap();
    }
    let day = Duration::from_secs(86_400);
    let file = fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(SystemTime::now() - 2 * day).unwrap();
    let before = DateTime::<Utc>::from(SystemTime::now() - day);
    assert_eq!(disk.tidy(before).await, Ok(1));
    assert!(!old.exists() && young.exists());
}

#[tokio::test]
async fn without_its_folder_nothing_is_said_to_be_missing() {
    let (folder, disk) = disk().await;
    write(&disk, "one", b"1".to_vec()).await.unwrap();
    // As if the disk were not mounted.
    fs::rename(folder.path().join("files"), folder.path().join("elsewhere")).unwrap();
    let unavailable = |error: &ObjectError| matches!(error, ObjectError::Unavailable(_));
    assert!(unavailable(&read(&disk, "one").await.unwrap_err()));
    assert!(unavailable(&disk.head(&bucket(), &key("one")).await.unwrap_err()));
    assert!(unavailable(&disk.list(&bucket(), None, 1).await.unwrap_err()));
    assert!(unavailable(
        &disk.delete(&bucket(), &key("one")).await.unwrap_err()
    ));
    assert!(unavailable(&disk.create_bucket(&bucket()).await.unwrap_err()));
    assert!(unavailable(
        &write(&disk, "two", b"2".to_vec()).await.unwrap_err()
    ));
    assert!(disk.check().await.is_err());
    fs::rename(folder.path().join("elsewhere"), folder.path().join("files")).unwrap();
    assert_eq!(read(&disk, "one").await.unwrap(), b"1");
    assert_eq!(disk.check().await, Ok(()));
}

#[tokio::test]
async fn a_file_that_was_cut_is_no_shorter_object() {
    let (folder, disk) = disk().await;
    write(&disk, "one", vec![7; 2 << 20]).await.unwrap();
    let opened = disk.read(&bucket(), &key("one"), None).await.unwrap();
    let path = files(&folder.path().join("files")).remove(0);
    fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(1 << 20)
        .unwrap();
    let body: Result<Vec<Bytes>, _> = opened.body.try_collect().await;
    assert!(matches!(body, Err(ObjectError::Unavailable(_))));
}

#[tokio::test]
async fn files_that_somebody_else_put_there_are_not_listed() {
    let (folder, disk) = disk().await;
    write(&disk, "one", b"1".to_vec()).await.unwrap();
    let leaf = files(&folder.path().join("files")).remove(0);
    fs::write(leaf.with_file_name("Thumbs.db"), "x").unwrap();
    let listed = disk.list(&bucket(), None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
    let removed = disk.delete_bucket(&bucket()).await;
    assert_eq!(removed, Err(ObjectError::NotEmpty));
}

/// A file system that is soon full, where this process may make one.
struct Tmpfs(TempDir);

impl Tmpfs {
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then(|| Self(folder))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_is_told_from_one_that_is_broken() {
    let Some(mount) = Tmpfs::mount("2m") else {
        eprintln!("SKIPPED a_full_disk_is_told_from_one_that_is_broken: no file system may be mounted");
        return;
    };
    let disk = LocalDisk::new(mount.0.path().join("files"));
    disk.create_bucket(&bucket()).await.unwrap();
    write(&disk, "small", vec![1; 100_000]).await.unwrap();
    for _ in 0..3 {
        let full = write(&disk, "big", vec![2; 3 << 20]).await;
        assert!(matches!(full, Err(ObjectError::Full(_))), "{full:?}");
    }
    assert_eq!(disk.head(&bucket(), &key("big")).await, Ok(None));
    until_empty(&mount.0.path().join("files/.tmp")).await;
    assert_eq!(read(&disk, "small").await.unwrap(), vec![1; 100_000]);
    write(&disk, "fits", vec![3; 1 << 20]).await.unwrap();
}

#[tokio::test]
async fn nothing_is_made_before_the_store_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let disk = LocalDisk::new(folder.path().join("data/files"));
    assert!(!folder.path().join("data").exists());
    assert_eq!(disk.check().await, Ok(()));
    assert_eq!(read(&disk, "one").await, Err(ObjectError::NotFound));
}
