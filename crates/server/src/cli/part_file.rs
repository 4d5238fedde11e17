//! A file that is put in its place when it is whole.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::{hex, out};

/// A file that is not whole yet; it is removed unless it became one.
pub(super) struct PartFile {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

impl PartFile {
    /// In the same folder, so that it can be renamed. Nobody else may read it: it holds what the
    /// database holds.
    pub(super) fn beside(file: &Path) -> anyhow::Result<Self> {
        // Not the id of the process: that is 1 in every container, and many may share a folder.
        let mut unique = [0_u8; 16];
        getrandom::fill(&mut unique).map_err(|_| io::Error::other("no randomness to be had"))?;
        let path = with_suffix(file, &format!(".part-{}", hex::encode(&unique)));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path);
        let file = file.with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self { path, file })
    }

    /// Makes it the file of whoever owns the file that it will replace, or else the folder: what
    /// root restores is opened by the user that the server runs as.
    #[cfg(unix)]
    pub(super) fn give_to_owner_of(&self, place: &Path) -> io::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let owner = match fs::metadata(place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::metadata(folder_of(place))?,
            replaced => replaced?,
        };
        let own = self.file.metadata()?;
        if (own.uid(), own.gid()) == (owner.uid(), owner.gid()) {
            return Ok(());
        }
        match fchown(&self.file, Some(owner.uid()), Some(owner.gid())) {
            // Only root may, and even root not everywhere.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                out::complain(format!(
                    "note: the file belongs to user {} and cannot be given to {}; the server must run as its owner",
                    own.uid(),
                    owner.uid()
                ));
                Ok(())
            }
            given => given,
        }
    }

    #[cfg(not(unix))]
    pub(super) fn give_to_owner_of(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Stands in the place of `place` when this returns, whatever happens to the machine then.
    pub(super) fn become_file(self, place: &Path) -> anyhow::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, place).with_context(|| format!("{} cannot be made", place.display()))?;
        #[cfg(unix)]
        File::open(folder_of(place))?.sync_all()?;
        Ok(())
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // Renamed, or never made.
            let _ = fs::remove_file(with_suffix(&self.path, suffix));
        }
    }
}

/// Makes a folder and those above it, which belong to whoever owns the one that was there.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    make_folder(above)?;
    match DirBuilder::new().create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        made => made?,
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, lchown};
        let (owner, own) = (fs::metadata(above)?, fs::symlink_metadata(folder)?);
        if (own.uid(), own.gid()) != (owner.uid(), owner.gid()) {
            // Who may not keeps the folder, and is told so of the file.
            let _ = lchown(folder, Some(owner.uid()), Some(owner.gid()));
        }
    }
    Ok(())
}

/// The folder that a file is in; `.` if its name is all there is.
fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

pub(super) fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_parts_of_one_file_never_share_a_name_and_leave_nothing_behind() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let place = dir.path().join("app.db");
        let (first, second) = (PartFile::beside(&place)?, PartFile::beside(&place)?);
        assert_ne!(first.path, second.path);
        second.become_file(&place)?;
        drop(first);
        let names: Vec<_> = fs::read_dir(dir.path())?
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        assert_eq!(names, ["app.db"]);
        Ok(())
    }
}
