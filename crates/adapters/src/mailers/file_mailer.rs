//! Mail in files.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use mainstay_services::ports::{Letter, MailError, Mailer};

use super::{Sender, message::message};

/// Writes every mail to a file `<job id>.eml` that mail programs open. A mail that is sent
/// twice is one file.
#[derive(Debug, Clone)]
pub struct FileMailer {
    folder: PathBuf,
    sender: Sender,
}

impl FileMailer {
    /// Writes to `folder`, which is made if it is not there.
    #[must_use]
    pub fn new(folder: PathBuf, sender: Sender) -> Self {
        Self { folder, sender }
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let octets = message(&self.sender, letter)?.formatted();
        let (folder, name) = (self.folder.clone(), letter.id.to_string());
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &octets)).await;
        let written = written.unwrap_or_else(|error| Err(io::Error::other(error)));
        written.map_err(|error| MailError::Failed(format!("the mail cannot be written: {error}")))
    }

    async fn check(&self) -> Result<(), String> {
        fs::create_dir_all(&self.folder).map_err(|error| error.to_string())
    }
}

/// Under another name first: whoever watches the folder sees whole mails only.
fn write(folder: &Path, name: &str, octets: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{name}.part"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(octets)?;
    fs::rename(draft, folder.join(format!("{name}.eml")))
}
