//! From octets to pixels.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, error::ImageError as DecodeError,
    metadata::Orientation,
};
use mainstay_services::ports::ImageError;

use super::{colours::bare_profile, jpeg_end::is_whole};

/// What is read.
const FORMATS: [ImageFormat; 4] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::WebP,
    ImageFormat::Gif,
];
/// Octets of a pixel with 8 bits a colour, and transparency.
const PIXEL: u64 = 4;

/// A picture as it is stored, how its camera was held, and what its colours mean.
pub(super) struct Picture {
    pub pixels: DynamicImage,
    pub orientation: Orientation,
    pub profile: Option<Vec<u8>>,
}

/// Reads a picture. Its type is what the octets say, and its header is judged before memory is
/// taken for its pixels.
pub(super) fn decode(octets: &[u8], max_pixels: u64) -> Result<Picture, ImageError> {
    let format = image::guess_format(octets).ok();
    let format = format.filter(|format| FORMATS.contains(format));
    let format = format.ok_or(ImageError::NoImage)?;
    // The decoder would paint the missing part grey.
    if format == ImageFormat::Jpeg && !is_whole(octets) {
        return Err(ImageError::Broken("the JPEG breaks off".to_owned()));
    }
    let refused = |error| refused(error, max_pixels);
    let mut reader = ImageReader::with_format(Cursor::new(octets), format);
    reader.limits(limits(max_pixels));
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels || decoder.total_bytes() > max_pixels.saturating_mul(PIXEL) {
        return Err(ImageError::TooManyPixels { most: max_pixels });
    }
    // Metadata that cannot be read is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let profile = profile.and_then(|profile| bare_profile(&profile));
    let pixels = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok(Picture {
        pixels,
        orientation,
        profile,
    })
}

/// What a decoder may take besides the pixels themselves.
fn limits(max_pixels: u64) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_pixels.saturating_mul(PIXEL));
    limits
}

fn refused(error: DecodeError, max_pixels: u64) -> ImageError {
    match error {
        DecodeError::Limits(_) => ImageError::TooManyPixels { most: max_pixels },
        error => ImageError::Broken(error.to_string()),
    }
}
