//! From pixels to squares.

use bytes::Bytes;
use image::{
    DynamicImage, ImageEncoder, ImageResult, RgbaImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType as PngFilter, PngEncoder},
    },
    imageops::FilterType,
};
use mainstay_domain::MediaType;
use mainstay_services::ports::{ImageError, Squares};

use super::decode::Picture;

/// Of 100; beyond it octets grow and nobody sees why.
const QUALITY: u8 = 85;

/// The square in the middle of a picture, for each edge that it is large enough for.
pub(super) fn cut(mut picture: Picture, edges: &[u32]) -> Result<Squares, ImageError> {
    let profile = picture.profile.take();
    let largest = edges.iter().copied().max().unwrap_or(1);
    let square = square(picture, largest);
    let transparent = is_transparent(&square);
    let kind = if transparent { "image/png" } else { "image/jpeg" };
    let media_type = MediaType::parse(kind).map_err(|error| failed(error.message))?;
    let mut images = Vec::with_capacity(edges.len());
    let mut done = 0;
    for edge in edges {
        let edge = (*edge).min(square.width());
        // As large as it gets already.
        images.push(if edge == done {
            Bytes::new()
        } else {
            let profile = profile.as_deref();
            encode(resized(&square, edge), transparent, profile).map_err(failed)?
        });
        done = edge;
    }
    Ok(Squares { media_type, images })
}

/// The square in the middle, turned as it is to be seen, at most twice as large as needed.
fn square(picture: Picture, largest: u32) -> DynamicImage {
    let Picture {
        pixels, orientation, ..
    } = picture;
    let pixels = if pixels.color().has_alpha() {
        DynamicImage::ImageRgba8(weighed(pixels.into_rgba8()))
    } else {
        pixels
    };
    let pixels = shrunk(pixels, largest * 2);
    let (width, height) = (pixels.width(), pixels.height());
    let edge = width.min(height);
    let mut square = pixels.crop_imm((width - edge) / 2, (height - edge) / 2, edge, edge);
    square.apply_orientation(orientation);
    if square.color().has_alpha() {
        square
    } else {
        DynamicImage::ImageRgb8(square.into_rgb8())
    }
}

/// A fast first step, which reads every pixel once, until the shorter edge is `edge` long.
fn shrunk(pixels: DynamicImage, edge: u32) -> DynamicImage {
    let (width, height) = (pixels.width(), pixels.height());
    let shorter = width.min(height);
    if shorter <= edge {
        return pixels;
    }
    let scaled = |length: u32| {
        let scaled = u64::from(length) * u64::from(edge) / u64::from(shorter);
        u32::try_from(scaled).unwrap_or(length).max(edge)
    };
    pixels.thumbnail_exact(scaled(width), scaled(height))
}

fn resized(square: &DynamicImage, edge: u32) -> DynamicImage {
    let resized = if square.width() == edge {
        square.clone()
    } else {
        square.resize_exact(edge, edge, FilterType::CatmullRom)
    };
    match resized {
        DynamicImage::ImageRgba8(pixels) => DynamicImage::ImageRgba8(unweighed(pixels)),
        opaque => opaque,
    }
}

fn is_transparent(square: &DynamicImage) -> bool {
    let pixels = square.as_rgba8();
    pixels.is_some_and(|pixels| pixels.pixels().any(|pixel| pixel.0[3] < u8::MAX))
}

/// Colours as strong as they show, so that what is transparent does not stain its neighbours, and
/// nothing stays hidden under it.
fn weighed(mut pixels: RgbaImage) -> RgbaImage {
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let weigh = |colour: u8| to_octet((u32::from(colour) * u32::from(alpha) + 127) / 255);
        pixel.0 = [weigh(red), weigh(green), weigh(blue), alpha];
    }
    pixels
}

fn unweighed(mut pixels: RgbaImage) -> RgbaImage {
    for pixel in pixels.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let half = u32::from(alpha) / 2;
        let restore = |colour: u8| {
            let restored = (u32::from(colour) * 255 + half).checked_div(u32::from(alpha));
            restored.map_or(0, to_octet)
        };
        pixel.0 = [restore(red), restore(green), restore(blue), alpha];
    }
    pixels
}

fn to_octet(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

fn encode(pixels: DynamicImage, transparent: bool, profile: Option<&[u8]>) -> ImageResult<Bytes> {
    let mut octets = Vec::new();
    if transparent {
        let encoder =
            PngEncoder::new_with_quality(&mut octets, CompressionType::Default, PngFilter::Adaptive);
        write(&pixels, encoder, profile)?;
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut octets, QUALITY);
        write(&DynamicImage::ImageRgb8(pixels.into_rgb8()), encoder, profile)?;
    }
    Ok(octets.into())
}

fn write(pixels: &DynamicImage, mut encoder: impl ImageEncoder, profile: Option<&[u8]>) -> ImageResult<()> {
    if let Some(profile) = profile {
        let set = encoder.set_icc_profile(profile.to_vec());
        set.map_err(image::ImageError::Unsupported)?;
    }
    pixels.write_with_encoder(encoder)
}

fn failed(error: impl ToString) -> ImageError {
    ImageError::Failed(error.to_string())
}
