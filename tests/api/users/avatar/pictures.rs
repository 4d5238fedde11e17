//! Pictures to send, and what to look for in those that come back.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mainstay_testkit::{LoggedIn, TestApp, TestResponse};
use serde_json::Value;

pub const ME: &str = "/api/v1/users/me";
pub const MINE: &str = "/api/v1/users/me/avatar";
pub const RED: Rgb<u8> = Rgb([220, 10, 10]);
pub const BLUE: Rgb<u8> = Rgb([10, 10, 220]);
/// What a camera and its owner wrote beside the pixels.
pub const SECRETS: [&str; 3] = ["48.8584 N", "Adas own camera", "a word about the picture"];

/// Red above, blue below.
pub fn flag(width: u32, height: u32) -> DynamicImage {
    let colour = |_, y| if y < height / 2 { RED } else { BLUE };
    RgbImage::from_fn(width, height, colour).into()
}

pub fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut octets = Cursor::new(Vec::new());
    image.write_to(&mut octets, format).unwrap();
    octets.into_inner()
}

pub fn png() -> Vec<u8> {
    written(&flag(600, 400), ImageFormat::Png)
}

/// A JPEG of a camera that was held upright: its pixels lie on their left side. It tells where it was
/// taken, by what, and has a comment.
pub fn photo() -> Vec<u8> {
    let plain = written(&flag(640, 480), ImageFormat::Jpeg);
    let [place, camera, comment] = SECRETS;
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
    // Orientation 6, the name of the camera, and where the part about the place begins.
    exif.extend([0, 3]);
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
    exif.extend([0x01, 0x10, 0, 2, 0, 0, 0, 15, 0, 0, 0, 50]);
    exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 65]);
    exif.extend([0; 4]);
    exif.extend(camera.as_bytes());
    exif.extend([0, 1, 0, 2, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(place.as_bytes());
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], body].concat()
    };
    let described = [segment(0xe1, &exif), segment(0xfe, comment.as_bytes())].concat();
    [&plain[..2], &described, &plain[2..]].concat()
}

/// A PNG whose header tells of so many pixels, with next to nothing behind it.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
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

/// Whether a pixel has about this colour.
pub fn shows(answer: &TestResponse, (x, y): (u32, u32), colour: Rgb<u8>) -> bool {
    let image = image::load_from_memory(answer.bytes()).unwrap().into_rgb8();
    let found = image.get_pixel(x, y).0;
    found.iter().zip(colour.0).all(|(a, b)| a.abs_diff(b) < 40)
}

pub fn edges(answer: &TestResponse) -> (u32, u32) {
    let image = image::load_from_memory(answer.bytes()).unwrap();
    (image.width(), image.height())
}

pub async fn set(owner: &LoggedIn, octets: Vec<u8>) -> String {
    let user = owner.put(MINE).body(octets).await.expect(200).json();
    address(&user).unwrap()
}

pub fn address(user: &Value) -> Option<String> {
    user["avatar_url"].as_str().map(str::to_owned)
}

/// What a stranger sees.
pub async fn see(app: &TestApp, address: &str) -> TestResponse {
    app.get(address).send().await
}
