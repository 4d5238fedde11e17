//! Listing the objects of a bucket.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use mainstay_domain::{BucketName, ObjectKey};
use mainstay_services::ports::{ObjectError, ObjectInfo};

use super::{
    blocking::failed,
    file_name::{self, FAN, Place},
    folders::Folders,
};

/// A file below a folder of the hash: its encoded key, and where it is.
type Found = (String, PathBuf);

impl Folders {
    /// Objects by hash, then by encoded key: one folder at a time is read, whatever the bucket
    /// holds.
    pub(super) fn list(
        &self,
        bucket: &BucketName,
        after: Option<&ObjectKey>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        let folder = self.bucket(bucket);
        if !folder.is_dir() {
            return Err(self.failed(io::ErrorKind::NotFound.into()));
        }
        let after = after.map(Place::of);
        let from = after.as_ref().map_or((0, 0), |place| place.fan);
        let fans = (0..FAN).flat_map(|high| (0..FAN).map(move |low| (high, low)));
        let mut infos = Vec::new();
        for fan in fans.filter(|fan| *fan >= from) {
            let behind = after.as_ref().filter(|place| place.fan == fan);
            for (encoded, path) in files(&folder, fan)? {
                if infos.len() == limit {
                    return Ok(infos);
                }
                if behind.is_none_or(|place| encoded > place.encoded) {
                    infos.extend(info(&encoded, &path)?);
                }
            }
        }
        Ok(infos)
    }
}

/// What is known of a file; nothing if it is no object or gone meanwhile.
pub(super) fn info(encoded: &str, path: &Path) -> Result<Option<ObjectInfo>, ObjectError> {
    let key = file_name::decode(encoded).and_then(|key| ObjectKey::parse(&key).ok());
    let Some(key) = key else { return Ok(None) };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let written = metadata.modified().map_err(failed)?;
    Ok(Some(ObjectInfo {
        key,
        size: metadata.len(),
        written_at: DateTime::<Utc>::from(written),
    }))
}

/// The files below a folder of the hash, in order.
fn files(bucket: &Path, fan: (u8, u8)) -> Result<Vec<Found>, ObjectError> {
    let folder = bucket
        .join(file_name::fan_name(fan.0))
        .join(file_name::fan_name(fan.1));
    let mut found = Vec::new();
    collect(&folder, "", &mut found).map_err(failed)?;
    found.sort();
    Ok(found)
}

/// Adds the files of a folder, and those in the folders of long names.
fn collect(folder: &Path, before: &str, found: &mut Vec<Found>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        // What is no Unicode is not ours.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let encoded = format!("{before}{}", file_name::joined(&name));
        if file_name::is_part(&name) {
            collect(&entry.path(), &encoded, found)?;
        } else {
            found.push((encoded, entry.path()));
        }
    }
    Ok(())
}
