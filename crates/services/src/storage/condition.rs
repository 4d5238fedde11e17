//! What must be true of the file that is there.

use mainstay_domain::{File, Sha256, Version};

use super::StorageError;

/// What must be true of the file that is there, for a change to take place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Condition {
    /// Nothing.
    #[default]
    None,
    /// There is none.
    Absent,
    /// There is one.
    Present,
    /// Its octets have one of these checksums.
    Octets(Vec<Sha256>),
    /// It has this version.
    Version(Version),
}

impl Condition {
    /// Goes on only if it holds.
    ///
    /// # Errors
    /// `VersionMismatch`.
    pub(super) fn check(&self, file: Option<&File>) -> Result<(), StorageError> {
        let holds = match self {
            Self::None => true,
            Self::Absent => file.is_none(),
            Self::Present => file.is_some(),
            Self::Octets(sums) => file.is_some_and(|file| sums.contains(&file.sha256)),
            Self::Version(version) => file.is_some_and(|file| file.version == *version),
        };
        holds.then_some(()).ok_or(StorageError::VersionMismatch)
    }
}
