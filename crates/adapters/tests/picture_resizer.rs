//! Pictures as strangers send them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::{io::Cursor, sync::Arc, time::Duration};

use bytes::Bytes;
use image::{
    DynamicImage, Frame, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, Rgb, RgbImage, Rgba,
    RgbaImage,
    codecs::{
        gif::{GifEncoder, Repeat},
        jpeg::JpegEncoder,
        png::PngEncoder,
        webp::WebPEncoder,
    },
};
use mainstay_adapters::{PictureResizer, PictureSettings};
use mainstay_services::ports::{ImageError, ImageResizer, Squares};

const EDGES: [u32; 4] = [64, 128, 256, 512];
const FORMATS: [ImageFormat; 4] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::WebP,
    ImageFormat::Gif,
];
const RED: Rgb<u8> = Rgb([220, 10, 10]);
const BLUE: Rgb<u8> = Rgb([10, 10, 220]);

fn resizer() -> PictureResizer {
    PictureResizer::new(PictureSettings {
        max_pixels: 4_000_000,
        decoders: 2,
    })
}

/// Red above, blue below.
fn flag(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { RED } else { BLUE };
    RgbImage::from_fn(width, height, colour).into()
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut octets = Cursor::new(Vec::new());
    image.write_to(&mut octets, format).unwrap();
    octets.into_inner()
}

async fn squares(octets: Vec<u8>) -> Result<Squares, ImageError> {
    resizer().squares(octets.into(), &EDGES).await
}

fn read(octets: &Bytes) -> DynamicImage {
    image::load_from_memory(octets).unwrap()
}

fn edges(squares: &Squares) -> Vec<u32> {
    let images = squares.images.iter();
    let edge = |octets: &Bytes| {
        if octets.is_empty() {
            return 0;
        }
        let image = read(octets);
        assert_eq!(image.width(), image.height());
        image.width()
    };
    images.map(edge).collect()
}

/// Whether a pixel has about this colour.
fn shows(image: &DynamicImage, (x, y): (u32, u32), colour: Rgb<u8>) -> bool {
    let found = image.to_rgb8().get_pixel(x, y).0;
    found.iter().zip(colour.0).all(|(a, b)| a.abs_diff(b) < 40)
}

#[tokio::test]
async fn every_format_becomes_squares_of_all_four_sizes() {
    for format in FORMATS {
        let squares = squares(written(&flag(1_500, 700), format)).await.unwrap();
        assert_eq!(edges(&squares), EDGES, "{format:?}");
        assert_eq!(squares.media_type.as_str(), "image/jpeg", "{format:?}");
        let image = read(&squares.images[2]);
        assert!(
            shows(&image, (128, 20), RED) && shows(&image, (128, 230), BLUE),
            "{format:?}"
        );
    }
}

#[tokio::test]
async fn a_small_picture_is_cut_but_never_enlarged() {
    for ((width, height), expected) in [
        ((200, 100), [64, 100, 0, 0]),
        ((40, 90), [40, 0, 0, 0]),
        ((256, 256), [64, 128, 256, 0]),
        ((1, 1), [1, 0, 0, 0]),
        ((3_000, 1), [1, 0, 0, 0]),
    ] {
        let squares = squares(written(&flag(width, height), ImageFormat::Png))
            .await
            .unwrap();
        assert_eq!(edges(&squares), expected, "{width}x{height}");
    }
}

#[tokio::test]
async fn the_square_is_the_one_in_the_middle() {
    let bands = RgbImage::from_fn(900, 300, |x, _| if (300..600).contains(&x) { RED } else { BLUE });
    let squares = squares(written(&bands.into(), ImageFormat::Png)).await.unwrap();
    let image = read(&squares.images[1]);
    for place in [(6, 6), (121, 6), (6, 121), (121, 121), (64, 64)] {
        assert!(shows(&image, place, RED), "{place:?}");
    }
}

#[tokio::test]
async fn what_is_transparent_stays_so_and_hides_no_colour() {
    let secret = RgbaImage::from_fn(600, 600, |x, _| {
        if x < 300 {
            Rgba([200, 100, 50, 255])
        } else {
            Rgba([1, 2, 3, 0])
        }
    });
    let squares = squares(written(&secret.into(), ImageFormat::Png)).await.unwrap();
    assert_eq!(squares.media_type.as_str(), "image/png");
    let image = read(&squares.images[3]).to_rgba8();
    assert_eq!(image.get_pixel(500, 200).0, [0, 0, 0, 0]);
    assert_eq!(image.get_pixel(20, 200).0, [200, 100, 50, 255]);
    // Where both meet, nothing of the hidden colour shines through.
    for pixel in image.pixels().filter(|pixel| pixel.0[3] > 20) {
        assert!(pixel.0[0].abs_diff(200) < 12, "{pixel:?}");
    }
}

/// A profile of colours as a screen has it, with its name and number. The values are no curves, which
/// nobody asks for here.
fn screen(length: usize) -> Vec<u8> {
    let mut profile = vec![0; 128];
    profile[8] = 4;
    profile[16..24].copy_from_slice(b"RGB XYZ ");
    profile[36..40].copy_from_slice(b"acsp");
    profile[48..52].copy_from_slice(b"ADAS");
    let names = [b"mmod", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"];
    profile.extend(7_u32.to_be_bytes());
    for (number, name) in (0_u32..).zip(names) {
        profile.extend(name);
        profile.extend([216 + 8 * number, 8].map(u32::to_be_bytes).concat());
    }
    for name in names {
        profile.extend([&b"of "[..], name, b"."].concat());
    }
    profile.resize(length, 0);
    profile
}

fn with_profile(image: &DynamicImage, mut encoder: impl ImageEncoder, profile: Vec<u8>) {
    encoder.set_icc_profile(profile).unwrap();
    image.write_with_encoder(encoder).unwrap();
}

fn profile_of(octets: &Bytes) -> Option<Vec<u8>> {
    let reader = ImageReader::new(Cursor::new(octets))
        .with_guessed_format()
        .unwrap();
    reader.into_decoder().unwrap().icc_profile().unwrap()
}

#[tokio::test]
async fn what_colours_mean_is_kept_and_the_name_of_a_screen_is_not() {
    let glass = DynamicImage::from(RgbaImage::from_pixel(200, 200, Rgba([200, 100, 50, 90])));
    let (mut png, mut jpeg, mut webp) = (Vec::new(), Vec::new(), Vec::new());
    with_profile(&glass, PngEncoder::new(&mut png), screen(1_000));
    with_profile(&flag(200, 200), JpegEncoder::new(&mut jpeg), screen(1_000));
    with_profile(
        &flag(200, 200),
        WebPEncoder::new_lossless(&mut webp),
        screen(1_000),
    );
    for (format, octets) in [("png", png), ("jpeg", jpeg), ("webp", webp)] {
        let squares = squares(octets).await.unwrap();
        for square in squares.images.iter().filter(|square| !square.is_empty()) {
            let profile = profile_of(square).unwrap_or_else(|| panic!("{format}: no profile"));
            let tells = |secret: &str| {
                profile
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes())
            };
            assert!(tells("of rXYZ.") && tells("of bTRC."), "{format}");
            assert!(!tells("mmod") && !tells("ADAS"), "{format}");
        }
    }
    let mut large = Vec::new();
    with_profile(&flag(200, 200), JpegEncoder::new(&mut large), screen(70_000));
    let squares = squares(large).await.unwrap();
    assert_eq!(
        profile_of(&squares.images[0]),
        None,
        "too large to go with every picture"
    );
}

#[tokio::test]
async fn only_the_first_frame_of_what_moves_is_kept() {
    let mut octets = Vec::new();
    let mut encoder = GifEncoder::new(&mut octets);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for colour in [RED, BLUE, BLUE] {
        let image: DynamicImage = RgbImage::from_pixel(100, 100, colour).into();
        encoder.encode_frame(Frame::new(image.into_rgba8())).unwrap();
    }
    drop(encoder);
    let squares = squares(octets).await.unwrap();
    assert!(shows(&read(&squares.images[0]), (32, 32), RED));
}

#[tokio::test]
async fn what_is_no_picture_is_told_from_one_that_is_broken() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let bitmap = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0";
    for octets in [&b""[..], b"hello", svg, bitmap, b"%PDF-1.7", b"\x1f\x8b\x08\0"] {
        assert_eq!(squares(octets.to_vec()).await, Err(ImageError::NoImage));
    }
    for format in FORMATS {
        let whole = written(&flag(300, 300), format);
        for part in [12, whole.len() / 2, whole.len() - 3] {
            let answer = squares(whole[..part].to_vec()).await;
            let refused = matches!(answer, Err(ImageError::Broken(_)));
            // The last octets of some formats say nothing about pixels.
            assert!(
                refused || part + 3 == whole.len() && answer.is_ok(),
                "{format:?} {part} {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn no_damaged_octet_brings_the_decoders_down() {
    for format in FORMATS {
        let whole = written(&flag(80, 60), format);
        for at in (0..whole.len()).step_by(whole.len() / 60 + 1) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xa5;
            let _ = squares(damaged).await;
        }
    }
}

/// A PNG whose header tells of so many pixels, with next to nothing behind it.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut octets = written(&flag(8, 8), ImageFormat::Png);
    octets[16..20].copy_from_slice(&width.to_be_bytes());
    octets[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = octets[12..29].iter().fold(!0_u32, |sum, octet| {
        (0..8).fold(sum ^ u32::from(*octet), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    });
    octets[29..33].copy_from_slice(&(!sum).to_be_bytes());
    octets
}

#[tokio::test]
async fn a_header_with_too_many_pixels_is_refused_before_memory_is_taken() {
    for (width, height) in [
        (60_000, 60_000),
        (2_001, 2_000),
        (0x7fff_ffff, 1),
        (0x7fff_ffff, 0x7fff_ffff),
    ] {
        let answer = squares(bomb(width, height)).await;
        let refused = matches!(answer, Err(ImageError::TooManyPixels { most: 4_000_000 }));
        assert!(refused, "{width}x{height} {answer:?}");
    }
    // Just few enough; but they are not there.
    let answer = squares(bomb(2_000, 2_000)).await;
    assert!(matches!(answer, Err(ImageError::Broken(_))), "{answer:?}");
    let mut screen = written(&flag(8, 8), ImageFormat::Gif);
    screen[6..10].copy_from_slice(&[0xff; 4]);
    let answer = squares(screen).await;
    assert!(
        matches!(answer, Err(ImageError::TooManyPixels { .. })),
        "{answer:?}"
    );
}

#[tokio::test]
async fn more_pictures_than_may_wait_are_refused_at_once() {
    let resizer = Arc::new(PictureResizer::new(PictureSettings {
        max_pixels: 4_000_000,
        decoders: 1,
    }));
    let octets = Bytes::from(written(&flag(1_000, 1_000), ImageFormat::Png));
    let calls: Vec<_> = (0..30)
        .map(|_| {
            let (resizer, octets) = (Arc::clone(&resizer), octets.clone());
            tokio::spawn(async move { resizer.squares(octets, &EDGES).await })
        })
        .collect();
    let (mut made, mut refused) = (0, 0);
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => made += 1,
            Err(ImageError::Overloaded { retry_after }) => {
                assert!(retry_after >= Duration::from_secs(1));
                refused += 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(made >= 9 && refused > 0, "{made} made, {refused} refused");
    assert!(
        resizer.squares(octets, &EDGES).await.is_ok(),
        "there is room again"
    );
}
