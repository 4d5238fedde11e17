//! The avatar in the export of a person, and when their account goes.

use std::time::Duration;

use mainstay_domain::BlobStatus;
use mainstay_testkit::TestApp;

use super::pictures::{ME, png, set};

#[tokio::test]
async fn the_export_of_a_person_tells_of_their_avatar() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.com").await;
    let address = set(&ada, png()).await;
    let export = ada.get("/api/v1/users/me/export").await.expect(200).json();
    let section = export["sections"]["avatar"].as_array().unwrap();
    assert_eq!(section.len(), 1);
    let id = section[0]["id"].as_str().unwrap();
    assert_eq!(address, format!("/api/v1/avatars/{id}"));
    let sizes = section[0]["sizes"].as_array().unwrap();
    let sizes: Vec<_> = sizes.iter().map(|size| size["size"].as_u64().unwrap()).collect();
    // 400 pixels are not enlarged; the largest square stands in the place of 512.
    assert_eq!(sizes, [64, 128, 256, 512]);
}

async fn the_avatar_of_an_account_goes_with_it_and_its_octets_too(app: TestApp) {
    let (ada, eve) = (
        app.user("ada@example.com").await,
        app.user("eve@example.com").await,
    );
    set(&ada, png()).await;
    set(&eve, png()).await;
    ada.delete(ME).await.expect(204);
    let context = app.context();
    let later = context.clock.now() + Duration::from_secs(31 * 86_400);
    assert_eq!(context.privacy.purge(later).await.unwrap(), 1);
    let count = async |status| {
        let found = context.store.read().blobs().list(status, later, 10).await;
        found.unwrap().len()
    };
    assert_eq!(count(BlobStatus::Dead).await, 1, "its octets wait for the sweep");
    assert_eq!(count(BlobStatus::Kept).await, 1, "those of others stay");
}

on_every_database!(the_avatar_of_an_account_goes_with_it_and_its_octets_too);
