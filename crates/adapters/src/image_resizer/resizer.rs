//! The bounded way to the decoders.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use mainstay_services::ports::{ImageError, ImageResizer, Squares};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

use super::{decode::decode, squares::cut};

/// Pictures that may wait for each one that is read.
const WAITING: usize = 8;
/// A picture takes less than a second, a malicious one a few.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What an operator can decide about pictures.
#[derive(Debug, Clone, Copy)]
pub struct PictureSettings {
    /// The most pixels of a picture. Those of more than 8 bits a colour count twice.
    pub max_pixels: u64,
    /// How many pictures are read at a time. Each takes up to twelve octets a pixel.
    pub decoders: usize,
}

/// Reads PNG, JPEG, WebP and GIF, the first frame of what moves; writes JPEG, and PNG where
/// something is transparent.
///
/// Decoders are written for speed and fed by strangers. So the header is judged before any pixel,
/// only so many pictures are read at a time, and a decoder that panics costs one picture.
pub struct PictureResizer {
    max_pixels: u64,
    /// Whoever is read or waits.
    places: Arc<Semaphore>,
    /// Whoever is read.
    turns: Arc<Semaphore>,
}

impl PictureResizer {
    /// A resizer that starts no threads of its own.
    #[must_use]
    pub fn new(settings: PictureSettings) -> Self {
        let decoders = settings.decoders.clamp(1, 64);
        Self {
            max_pixels: settings.max_pixels,
            places: Arc::new(Semaphore::new(decoders * (1 + WAITING))),
            turns: Arc::new(Semaphore::new(decoders)),
        }
    }

    async fn turn(&self) -> Result<[OwnedSemaphorePermit; 2], ImageError> {
        let overloaded = ImageError::Overloaded {
            retry_after: RETRY_AFTER,
        };
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| overloaded.clone())?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        Ok([place, turn.map_err(|_| overloaded)?])
    }
}

#[async_trait]
impl ImageResizer for PictureResizer {
    async fn squares(&self, octets: Bytes, edges: &[u32]) -> Result<Squares, ImageError> {
        let (turn, max_pixels, edges) = (self.turn().await?, self.max_pixels, edges.to_vec());
        // The turn ends with the work, also if nobody waits for it any more.
        let work = spawn_blocking(move || {
            let _turn = turn;
            let picture = decode(&octets, max_pixels)?;
            drop(octets);
            cut(picture, &edges)
        });
        work.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a decoder of pictures failed");
            Err(ImageError::Broken("the decoder failed".to_owned()))
        })
    }
}
