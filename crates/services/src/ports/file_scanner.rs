//! What looks for malware in files.

use async_trait::async_trait;

use super::ObjectStream;

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanVerdict {
    /// Nothing.
    Clean,
    /// Something, by the name the scanner gives it.
    Infected(String),
}

/// Nothing is known of the file. The text is for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file was not scanned: {0}")]
pub struct ScanError(pub String);

/// Looks for malware in octets.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FileScanner: Send + Sync {
    /// Reads octets to their end and judges them. Memory stays bounded whatever comes.
    ///
    /// # Errors
    /// [`ScanError`] if the scanner cannot be reached, falls silent or does not take so much, or
    /// if the octets end too early.
    async fn scan(&self, octets: ObjectStream) -> Result<ScanVerdict, ScanError>;

    /// Whether files could be scanned now.
    ///
    /// # Errors
    /// A text for the log.
    async fn check(&self) -> Result<(), String>;
}
