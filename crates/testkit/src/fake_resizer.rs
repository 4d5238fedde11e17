//! Pictures without pixels.

use async_trait::async_trait;
use bytes::Bytes;
use mainstay_domain::MediaType;
use mainstay_services::ports::{ImageError, ImageResizer, Squares};

/// Takes octets that begin with `picture` for a picture. In every size it is the octets, a colon and
/// the edge.
#[derive(Debug, Clone, Copy, Default)]
pub struct FakeResizer;

#[async_trait]
impl ImageResizer for FakeResizer {
    async fn squares(&self, octets: Bytes, edges: &[u32]) -> Result<Squares, ImageError> {
        if !octets.starts_with(b"picture") {
            return Err(ImageError::NoImage);
        }
        let image = |edge: &u32| [&octets[..], format!(":{edge}").as_bytes()].concat().into();
        Ok(Squares {
            media_type: MediaType::octet_stream(),
            images: edges.iter().map(image).collect(),
        })
    }
}
