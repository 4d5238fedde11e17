//! Making pictures that are safe to give out.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use mainstay_domain::MediaType;

/// A picture, cut to squares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Squares {
    /// What the octets are.
    pub media_type: MediaType,
    /// The octets for each edge that was asked for. None for one that the picture is too small for;
    /// the one before it is as large as it gets.
    pub images: Vec<Bytes>,
}

/// Why no picture was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The octets are no picture of a type that is read.
    #[error("the octets are no picture of a type that is read")]
    NoImage,
    /// They begin like a picture, and then are none.
    #[error("the picture cannot be read: {0}")]
    Broken(String),
    /// There are more pixels than are read.
    #[error("the picture has too many pixels")]
    TooManyPixels {
        /// The most there may be.
        most: u64,
    },
    /// Too many pictures wait already.
    #[error("too many pictures wait to be read")]
    Overloaded {
        /// When there may be room again.
        retry_after: Duration,
    },
    /// A defect.
    #[error("the picture could not be written: {0}")]
    Failed(String),
}

/// Reads pictures that somebody sent, and writes new ones.
///
/// Nothing of the octets survives but what the pixels show: no metadata, no second picture, no
/// colour under what is transparent.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ImageResizer: Send + Sync {
    /// The largest square in the middle of a picture, turned as its camera was held, for each of
    /// `edges`, the smallest first. It is never enlarged. Only so many are read at a time.
    ///
    /// # Errors
    /// [`ImageError`]; `TooManyPixels` before a pixel is read, `Overloaded` at once.
    async fn squares(&self, octets: Bytes, edges: &[u32]) -> Result<Squares, ImageError>;
}
