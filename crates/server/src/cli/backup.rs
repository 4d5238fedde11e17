//! `backup` and `restore`: SQLite only, since other databases bring programs of their own.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use serde_json::json;

use super::{args::DatabaseCopy, out, run::Usage};
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
    let part = Part::beside(&copy.file)?;
    let source = SqliteFile::open(&database).await?;
    source.copy_to(&part.0).await?;
    source.close().await?;
    check(&part.0, &steps).await.context("the copy cannot be used")?;
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
        fs::create_dir_all(folder)?;
    }
    // Looked at as a copy, so that the backup stays as it is.
    let part = Part::beside(&database)?;
    let named = || format!("{} cannot be read", copy.file.display());
    // Not `fs::copy`, which would give the database the rights of the copy.
    let mut from = File::open(&copy.file).with_context(named)?;
    let mut into = OpenOptions::new().write(true).open(&part.0)?;
    io::copy(&mut from, &mut into).with_context(named)?;
    drop(into);
    let refused = || format!("{} cannot be restored", copy.file.display());
    check(&part.0, &steps).await.with_context(refused)?;
    let to = DatabaseCopy {
        file: database,
        ..copy
    };
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
    if database.file.exists() {
        refuse_existing(database)?;
        // What is no database any more is nobody's.
        if let Ok(old) = SqliteFile::open(&database.file).await {
            let free = old.fold().await;
            old.close().await?;
            ensure!(
                free,
                "{} is in use; stop the server first",
                database.file.display()
            );
        }
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

/// A file that is not whole yet; it is removed unless it became one.
struct Part(PathBuf);

impl Part {
    /// In the same folder, so that it can be renamed. Nobody else may read it: it holds what the
    /// database holds.
    fn beside(file: &Path) -> anyhow::Result<Self> {
        let part = with_suffix(file, &format!(".part-{}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let made = options.open(&part);
        made.with_context(|| format!("{} cannot be made", part.display()))?;
        Ok(Self(part))
    }

    /// Stands in the place of `file` when this returns, whatever happens to the machine then.
    fn become_file(self, file: &Path) -> anyhow::Result<()> {
        File::open(&self.0)?.sync_all()?;
        fs::rename(&self.0, file).with_context(|| format!("{} cannot be made", file.display()))?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        #[cfg(unix)]
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // Renamed, or never made.
            let _ = fs::remove_file(with_suffix(&self.0, suffix));
        }
    }
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    PathBuf::from(name)
}
