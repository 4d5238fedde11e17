//! Secrets that must be read back.

/// Why something could not be sealed or opened. Never says what was inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It could not be sealed; a defect.
    #[error("sealing failed")]
    Seal,
    /// It was not sealed by this server, not for this purpose, or was changed since.
    #[error("what was sealed cannot be opened")]
    Open,
}

/// Encrypts what is kept in the database and must be read back: keys, TOTP secrets, the links in
/// mails that wait (ASVS 5.0 11.3.2, 14.2.6).
///
/// `purpose` names the use and the row, such as `mail:<job id>`. It is authenticated along with the
/// secret, so that what was sealed for one row opens nowhere else.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait Sealer: Send + Sync {
    /// Seals `secret` into printable ASCII: some 50 octets longer than four thirds of it.
    ///
    /// # Errors
    /// [`SealError::Seal`], a defect.
    fn seal(&self, purpose: &str, secret: &[u8]) -> Result<String, SealError>;

    /// Opens what [`Sealer::seal`] sealed for the same purpose.
    ///
    /// # Errors
    /// [`SealError::Open`].
    fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, SealError>;
}
