//! The key that every other key is derived from.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;

use super::Config;

/// What stands in `.env.example`; refused everywhere but in local.
pub const SAMPLE_SECRET_KEY: &str = "replace-this-with-the-output-of-openssl-rand-base64-48";

const FILE_NAME: &str = "secret.key";

/// The local key could not be read or made.
#[derive(Debug, thiserror::Error)]
#[error("the secret key in {} cannot be used: {reason}", path.display())]
pub struct SecretKeyError {
    path: PathBuf,
    reason: io::Error,
}

/// The key in effect: the configured one, or in local one that is made once and kept beside
/// the database.
///
/// # Errors
/// [`SecretKeyError`] if the kept key can be neither read nor made.
pub fn secret_key(config: &Config) -> Result<SecretString, SecretKeyError> {
    if let Some(key) = &config.auth.secret_key {
        return Ok(key.clone());
    }
    if config.database.is_in_memory() {
        // The tokens made with it mean nothing once the data is gone.
        return random_key()
            .map(SecretString::from)
            .map_err(|reason| failed(Path::new(FILE_NAME), reason));
    }
    let path = config.database.data_dir().join(FILE_NAME);
    kept_key(&path).map_err(|reason| failed(&path, reason))
}

fn failed(path: &Path, reason: io::Error) -> SecretKeyError {
    SecretKeyError {
        path: path.to_owned(),
        reason,
    }
}

fn kept_key(path: &Path) -> io::Result<SecretString> {
    match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        result => return result,
    }
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    keep(path, &random_key()?)?;
    read(path)
}

fn read(path: &Path) -> io::Result<SecretString> {
    let key = fs::read_to_string(path)?;
    match key.trim() {
        "" => Err(io::Error::new(io::ErrorKind::InvalidData, "the file is empty")),
        key => Ok(SecretString::from(key)),
    }
}

/// Writes the key under a name of its own and links it into place: another process that starts
/// at the same time sees the whole key or none, and whoever links first wins.
fn keep(path: &Path, key: &str) -> io::Result<()> {
    let unique: String = random_key()?.chars().take(16).collect();
    let draft = path.with_extension(unique);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(key.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

fn random_key() -> io::Result<String> {
    let mut octets = [0_u8; 48];
    getrandom::fill(&mut octets).map_err(|_| io::Error::other("no randomness to be had"))?;
    Ok(URL_SAFE_NO_PAD.encode(octets))
}
