//! `backup` and `restore`: SQLite only, since other databases bring programs of their own.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use serde_json::json;

use super::{
    args::DatabaseCopy,
    out,
    part_file::{PartFile, make_folder, with_suffix},
    run::Usage,
};
use crate::{ServerBuilder, schema::Steps, sqlite_file::SqliteFile};

/// Copies the database into a file while servers go on.
pub(super) async fn backup(copy: DatabaseCopy, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    let (database, steps) = place(builder)?;
    refuse_existing(&copy)?;
    ensure!(
        !is_same(&copy.file, &database),
        "{} is the database itself",
        copy.file.display()
    );
    let part = PartFile::beside(&copy.file)?;
    let source = SqliteFile::open(&database).await?;
    source.copy_to(&part.path).await?;
    source.close().await?;
    check(&part.path, &steps)
        .await
        .context("the copy cannot be used")?;
    part.become_file(&copy.file)?;
    say("backed up", &copy.file, json)
}

/// Puts a copy in the database's place, if nobody uses it.
pub(super) async fn restore(copy: DatabaseCopy, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    let (database, steps) = place(builder)?;
    ensure!(copy.file.is_file(), "there is no file at {}", copy.file.display());
    ensure!(
        !is_same(&copy.file, &database),
        "{} is the database itself",
        copy.file.display()
    );
    refuse_journal(&copy.file)?;
    if let Some(folder) = database.parent() {
        make_folder(folder)?;
    }
    // Looked at as a copy, so that the backup stays as it is.
    let part = PartFile::beside(&database)?;
    let named = || format!("{} cannot be read", copy.file.display());
    // Not `fs::copy`, which would give the database the rights of the copy.
    let mut from = File::open(&copy.file).with_context(named)?;
    io::copy(&mut from, &mut &part.file).with_context(named)?;
    let refused = || format!("{} cannot be restored", copy.file.display());
    check(&part.path, &steps).await.with_context(refused)?;
    let to = DatabaseCopy {
        file: database,
        ..copy
    };
    part.give_to_owner_of(&to.file)?;
    free(&to).await?;
    part.become_file(&to.file)?;
    say("restored", &to.file, json)
}

/// The file of the database, and the steps that its schema has.
fn place(builder: ServerBuilder) -> anyhow::Result<(PathBuf, Steps)> {
    let (config, steps) = builder.into_schema();
    let others =
        "only SQLite files are copied by this command; other databases bring pg_dump or mariadb-dump";
    let file = config.database.sqlite_file();
    Ok((file.ok_or_else(|| Usage(others.to_owned()))?, steps))
}

fn refuse_existing(to: &DatabaseCopy) -> Result<(), Usage> {
    if to.force || !to.file.exists() {
        return Ok(());
    }
    let text = format!("{} is there already; --force replaces it", to.file.display());
    Err(Usage(text))
}

fn is_same(file: &Path, database: &Path) -> bool {
    let place = |path: &Path| fs::canonicalize(path).ok();
    place(file).is_some_and(|file| place(database) == Some(file))
}

/// A file that was copied while it was in use may have half of what it holds in a journal beside it.
fn refuse_journal(file: &Path) -> anyhow::Result<()> {
    for suffix in ["-wal", "-journal"] {
        let beside = with_suffix(file, suffix);
        let empty = fs::metadata(&beside).map_or(true, |beside| beside.len() == 0);
        ensure!(
            empty,
            "{} is beside it, and what that holds would be lost; `mainstay backup` makes whole copies",
            beside.display()
        );
    }
    Ok(())
}

/// Sees to it that nobody uses what is replaced, and that nothing of it stays.
async fn free(database: &DatabaseCopy) -> anyhow::Result<()> {
    if fs::exists(&database.file)? {
        refuse_existing(database)?;
        ensure!(
            is_free(&database.file).await?,
            "{} is in use; stop the server first",
            database.file.display()
        );
    }
    // The journal of another database would be played back into this one.
    for suffix in ["-wal", "-shm", "-journal"] {
        match fs::remove_file(with_suffix(&database.file, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

async fn is_free(database: &Path) -> anyhow::Result<bool> {
    let old = match SqliteFile::open(database).await {
        Ok(old) => old,
        Err(error) => return is_unlocked(database).with_context(|| format!("{error:#}")),
    };
    let free = old.fold().await;
    old.close().await?;
    Ok(free)
}

/// Whether nobody holds a lock on a file that SQLite cannot open: it may be damaged, which is why it
/// is replaced, and in use all the same.
#[cfg(unix)]
fn is_unlocked(database: &Path) -> io::Result<bool> {
    use rustix::fs::{FlockOperation, fcntl_lock};
    let file = match fs::OpenOptions::new().read(true).write(true).open(database) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        file => file?,
    };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).map_err(io::Error::from) {
        // POSIX leaves open which of the two it is.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(false)
        }
        locked => locked.map(|()| true),
    }
}

#[cfg(not(unix))]
fn is_unlocked(database: &Path) -> io::Result<bool> {
    match fs::exists(database)? {
        false => Ok(true),
        true => Err(io::Error::other("it cannot be told whether it is in use")),
    }
}

async fn check(file: &Path, steps: &Steps) -> anyhow::Result<()> {
    let copy = SqliteFile::open(file).await?;
    let checked = copy.check(steps).await;
    let folded = copy.fold().await;
    copy.close().await?;
    checked?;
    if !folded {
        bail!("somebody else has opened it");
    }
    Ok(())
}

fn say(done: &str, file: &Path, json: bool) -> anyhow::Result<()> {
    let octets = fs::metadata(file)?.len();
    if json {
        return out::json(&json!({ "file": file, "octets": octets }));
    }
    out::line(format!("{done} {} ({octets} octets)", file.display()));
    Ok(())
}
