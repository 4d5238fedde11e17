//! Setting an avatar.

use image::{
    Frame, ImageFormat, Rgba, RgbaImage,
    codecs::gif::{GifEncoder, Repeat},
};
use mainstay_testkit::TestApp;

use super::pictures::{BLUE, ME, MINE, RED, SECRETS, edges, flag, photo, png, see, set, shows, written};

async fn a_picture_becomes_the_avatar_of_whoever_sends_it(app: TestApp) {
    let ada = app.user("ada@example.com").await;
    let before = ada.get(ME).await.expect(200);
    assert!(before.json()["avatar_url"].is_null());
    let answer = ada.put(MINE).body(png()).await.expect(200);
    let user = answer.json();
    let address = user["avatar_url"].as_str().unwrap().to_owned();
    assert!(address.starts_with("/api/v1/avatars/"), "{address}");
    assert!(!address.contains(&ada.id), "the address tells whose it is");
    assert_ne!(answer.etag(), before.etag());
    let after = ada.get(ME).await.expect(200);
    assert_eq!((after.json(), after.etag()), (user, answer.etag()));
    let seen = see(&app, &address).await.expect(200);
    assert_eq!(seen.header("content-type"), Some("image/jpeg"));
    assert_eq!(edges(&seen), (256, 256));
    assert!(shows(&seen, (128, 20), RED) && shows(&seen, (128, 235), BLUE));
    // Another one is found elsewhere, and the first one nowhere.
    let next = set(&ada, written(&flag(90, 90), ImageFormat::Png)).await;
    assert_ne!(next, address);
    see(&app, &address).await.expect_problem(404, "NOT_FOUND");
    assert_eq!(edges(&see(&app, &next).await.expect(200)), (90, 90));
    let blobs = app.context().store.read().blobs();
    let later = app.context().clock.now() + std::time::Duration::from_secs(60);
    let dead = blobs.list(mainstay_domain::BlobStatus::Dead, later, 10);
    assert_eq!(dead.await.unwrap().len(), 1, "the first one waits for the sweep");
    let kept = blobs.list(mainstay_domain::BlobStatus::Kept, later, 10);
    assert_eq!(kept.await.unwrap().len(), 1);
    ada.delete(MINE).await.expect(204);
    ada.delete(MINE).await.expect(204);
    assert!(ada.get(ME).await.expect(200).json()["avatar_url"].is_null());
    see(&app, &next).await.expect_problem(404, "NOT_FOUND");
}

on_every_database!(a_picture_becomes_the_avatar_of_whoever_sends_it);

#[tokio::test]
async fn every_type_of_picture_is_known_by_its_octets_whatever_the_header_says() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    for format in [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ] {
        let octets = written(&flag(300, 300), format);
        for declared in ["image/png", "IMAGE/JPEG", "application/octet-stream"] {
            let put = ada
                .put(MINE)
                .header("content-type", declared)
                .body(octets.clone());
            put.await.expect(200);
        }
        let address = set(&ada, octets).await;
        let seen = see(&app, &address).await.expect(200);
        assert!(shows(&seen, (128, 20), RED), "{format:?}");
    }
}

#[tokio::test]
async fn a_photo_is_turned_upright_and_tells_no_more_where_it_was_taken() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let photo = photo();
    let tells = |octets: &[u8], secret: &str| {
        octets
            .windows(secret.len())
            .any(|window| window == secret.as_bytes())
    };
    for secret in SECRETS.into_iter().chain(["Exif"]) {
        assert!(tells(&photo, secret), "{secret} never was there");
    }
    let address = set(&ada, photo).await;
    for size in [64, 128, 256, 512] {
        let seen = see(&app, &format!("{address}?size={size}")).await.expect(200);
        for secret in SECRETS.into_iter().chain(["Exif"]) {
            assert!(!tells(seen.bytes(), secret), "{secret} is still there");
        }
    }
    let seen = see(&app, &address).await.expect(200);
    assert!(shows(&seen, (20, 128), BLUE) && shows(&seen, (235, 128), RED));
}

#[tokio::test]
async fn of_a_picture_that_moves_the_first_frame_is_shown() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let mut octets = Vec::new();
    let mut encoder = GifEncoder::new(&mut octets);
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for colour in [RED, BLUE, BLUE] {
        let [red, green, blue] = colour.0;
        let image = RgbaImage::from_pixel(120, 120, Rgba([red, green, blue, 255]));
        encoder.encode_frame(Frame::new(image)).unwrap();
    }
    drop(encoder);
    let seen = see(&app, &set(&ada, octets).await).await.expect(200);
    assert!(shows(&seen, (60, 60), RED));
    assert_eq!(seen.header("content-type"), Some("image/jpeg"));
}

#[tokio::test]
async fn a_transparent_picture_stays_transparent_where_it_was() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let half = |x, _| {
        if x < 100 {
            Rgba([9, 9, 200, 255])
        } else {
            Rgba([255, 255, 255, 0])
        }
    };
    let octets = written(&RgbaImage::from_fn(200, 200, half).into(), ImageFormat::WebP);
    let seen = see(&app, &set(&ada, octets).await).await.expect(200);
    assert_eq!(seen.header("content-type"), Some("image/png"));
    let image = image::load_from_memory(seen.bytes()).unwrap().into_rgba8();
    assert_eq!(
        (image.get_pixel(20, 100).0[3], image.get_pixel(180, 100).0[3]),
        (255, 0)
    );
}

#[tokio::test]
async fn of_many_avatars_sent_at_once_one_stays_and_the_others_are_given_up() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let octets = written(&flag(70, 70), ImageFormat::Png);
    let puts = (0..6).map(|_| ada.put(MINE).body(octets.clone()).send());
    let mut addresses = Vec::new();
    for answer in futures::future::join_all(puts).await {
        let user = answer.expect(200).json();
        addresses.push(user["avatar_url"].as_str().unwrap().to_owned());
    }
    let stayed = ada.get(ME).await.expect(200).json();
    for address in addresses {
        let status = if stayed["avatar_url"] == address { 200 } else { 404 };
        see(&app, &address).await.expect(status);
    }
    let later = app.context().clock.now() + std::time::Duration::from_secs(60);
    let blobs = app.context().store.read().blobs();
    let dead = blobs.list(mainstay_domain::BlobStatus::Dead, later, 10);
    assert_eq!(dead.await.unwrap().len(), 5);
}
