//! Scans by ClamAV's daemon, over TCP or a Unix socket.
//!
//! The protocol is that of `clamd(8)`: `zINSTREAM`, octets in chunks that begin with their length
//! as four octets, an empty chunk, and one line of answer.

use std::{io, path::PathBuf, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use mainstay_services::ports::{FileScanner, ObjectStream, ScanError, ScanVerdict};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// An answer is a line; a longer one is none.
const LONGEST_ANSWER: u64 = 4 << 10;

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClamdAddress {
    /// `host:port`.
    Tcp(String),
    /// The path of a socket.
    Unix(PathBuf),
}

/// How the daemon is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClamdSettings {
    /// Where it listens.
    pub address: ClamdAddress,
    /// How long it may be silent, while it takes octets and while it judges them.
    pub patience: Duration,
}

/// Asks `clamd`.
pub struct ClamdScanner {
    settings: ClamdSettings,
}

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

impl ClamdScanner {
    /// A client; no connection is made yet.
    #[must_use]
    pub fn new(settings: ClamdSettings) -> Self {
        Self { settings }
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, ScanError> {
        let connecting = async {
            Ok::<Box<dyn Connection>, io::Error>(match &self.settings.address {
                ClamdAddress::Tcp(address) => Box::new(TcpStream::connect(address).await?),
                ClamdAddress::Unix(path) => Box::new(UnixStream::connect(path).await?),
            })
        };
        self.patiently(connecting).await
    }

    async fn patiently<T>(&self, work: impl Future<Output = io::Result<T>>) -> Result<T, ScanError> {
        let done = timeout(self.settings.patience, work).await;
        let done = done.map_err(|_| ScanError("clamd does not answer".to_owned()))?;
        done.map_err(|error| ScanError(format!("clamd: {error}")))
    }

    /// Sends the octets. The daemon hangs up on what is too large for it, after saying so.
    async fn send(&self, clamd: &mut dyn Connection, mut octets: ObjectStream) -> Result<(), ScanError> {
        self.patiently(clamd.write_all(b"zINSTREAM\0")).await?;
        while let Some(some) = octets.next().await {
            let some = some.map_err(|error| ScanError(error.to_string()))?;
            // An empty chunk would end the file.
            for chunk in some.chunks(1 << 20) {
                let length = u32::try_from(chunk.len()).unwrap_or_default().to_be_bytes();
                self.patiently(clamd.write_all(&length)).await?;
                self.patiently(clamd.write_all(chunk)).await?;
            }
        }
        self.patiently(clamd.write_all(&[0; 4])).await?;
        self.patiently(clamd.flush()).await
    }

    async fn answer(&self, clamd: &mut dyn Connection) -> Result<String, ScanError> {
        let mut answer = Vec::new();
        let mut limited = clamd.take(LONGEST_ANSWER);
        self.patiently(limited.read_to_end(&mut answer)).await?;
        let line = String::from_utf8_lossy(&answer);
        Ok(line.trim_end_matches(['\0', '\n']).to_owned())
    }
}

#[async_trait]
impl FileScanner for ClamdScanner {
    async fn scan(&self, octets: ObjectStream) -> Result<ScanVerdict, ScanError> {
        let mut clamd = self.connect().await?;
        let sent = self.send(&mut *clamd, octets).await;
        let answer = self.answer(&mut *clamd).await;
        match (sent, answer) {
            // Also if it hung up in the middle: it tells why first.
            (_, Ok(answer)) if answer.ends_with("ERROR") => Err(ScanError(answer)),
            (Err(error), _) | (Ok(()), Err(error)) => Err(error),
            (Ok(()), Ok(answer)) => verdict(&answer),
        }
    }

    async fn check(&self) -> Result<(), String> {
        let asked = async {
            let mut clamd = self.connect().await?;
            self.patiently(clamd.write_all(b"zPING\0")).await?;
            self.answer(&mut *clamd).await
        };
        match asked.await {
            Ok(answer) if answer == "PONG" => Ok(()),
            Ok(answer) => Err(format!("clamd answered {answer:?}")),
            Err(error) => Err(error.0),
        }
    }
}

/// Only these two lines are verdicts. Whatever else it says, the file counts as not scanned.
fn verdict(answer: &str) -> Result<ScanVerdict, ScanError> {
    match answer.strip_prefix("stream: ") {
        Some("OK") => Ok(ScanVerdict::Clean),
        Some(found) if found.ends_with(" FOUND") => {
            let name = found.trim_end_matches(" FOUND");
            Ok(ScanVerdict::Infected(name.chars().take(200).collect()))
        }
        _ => Err(ScanError(format!("clamd answered {answer:?}"))),
    }
}

#[cfg(test)]
#[path = "clamd_scanner_tests.rs"]
mod tests;
