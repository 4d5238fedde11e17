//! Use cases of avatars.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use futures::StreamExt as _;
use mainstay_domain::{Avatar, AvatarId, AvatarSize, BlobStatus, BucketName, Principal, User, UserStatus};
use mainstay_services::{
    objects::MemoryObjects,
    ports::{Clock, MockObjectStore, MockObjectWriter, ObjectError, ObjectStore},
    users::{AvatarError, AvatarService},
};
use mainstay_testkit::{MemoryStore, TestPorts, origin, principal, user};

/// Fakes, and Ada, who may set an avatar.
struct World {
    ports: TestPorts,
    objects: Arc<MemoryObjects>,
    avatars: AvatarService,
    ada: Principal,
}

async fn world() -> World {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    let objects = Arc::new(MemoryObjects::new(Arc::clone(&ports.clock) as Arc<dyn Clock>));
    let avatars = ports.avatars(Arc::clone(&objects) as Arc<dyn ObjectStore>);
    let ada = user("ada@example.com");
    ports.store.read().users().insert(&ada).await.unwrap();
    World {
        ada: principal(ada, []),
        ports,
        objects,
        avatars,
    }
}

impl World {
    async fn put(&self, octets: &'static str) -> Result<User, AvatarError> {
        let octets = Bytes::from_static(octets.as_bytes());
        self.avatars.put_avatar(&self.ada, octets, &origin()).await
    }

    async fn avatar(&self) -> Avatar {
        let avatars = self.ports.store.read().avatars();
        avatars.find_of(self.ada.user.id).await.unwrap().unwrap()
    }

    async fn read(&self, avatar: &Avatar, size: AvatarSize) -> String {
        let read = self.avatars.read_avatar(avatar, size).await.unwrap();
        let parts: Vec<_> = read.body.collect().await;
        let octets: Vec<u8> = parts.into_iter().flat_map(|part| part.unwrap()).collect();
        String::from_utf8(octets).unwrap()
    }

    async fn blobs(&self, status: BlobStatus) -> usize {
        let later = self.ports.clock.now() + Duration::days(1);
        let blobs = self.ports.store.read().blobs().list(status, later, 100).await;
        blobs.unwrap().len()
    }

    async fn objects(&self) -> usize {
        let bucket = BucketName::parse("mainstay-avatars").unwrap();
        self.objects.list(&bucket, None, 100).await.unwrap().len()
    }

    async fn sweep(&self) -> u64 {
        let storage = self
            .ports
            .storage(Arc::clone(&self.objects) as Arc<dyn ObjectStore>);
        storage.sweep().await.unwrap().removed
    }
}

#[tokio::test]
async fn every_size_of_an_avatar_is_read_from_its_place_in_one_object() {
    let world = world().await;
    let user = world.put("picture").await.unwrap();
    let avatar = world.avatar().await;
    assert_eq!(user.avatar_url, Some(format!("/avatars/{}", avatar.id)));
    assert_eq!(user.version, world.ada.user.version + 1);
    for size in AvatarSize::ALL {
        let expected = format!("picture:{}", size.edge());
        assert_eq!(world.read(&avatar, size).await, expected);
    }
    assert_eq!(world.objects().await, 1);
}

#[tokio::test]
async fn the_octets_of_a_replaced_avatar_are_swept_when_their_readers_are_done() {
    let world = world().await;
    world.put("picture one").await.unwrap();
    let first = world.avatar().await;
    world.put("picture two").await.unwrap();
    let unknown = world.avatars.get_avatar(first.id).await;
    assert!(matches!(unknown, Err(AvatarError::NotFound)));
    assert_eq!(world.sweep().await, 0);
    assert_eq!(world.read(&first, AvatarSize::Px64).await, "picture one:64");
    world.ports.clock.advance(Duration::hours(1));
    assert_eq!(world.sweep().await, 1);
    assert_eq!(world.objects().await, 1);
    let second = world.avatar().await;
    assert_eq!(world.read(&second, AvatarSize::Px64).await, "picture two:64");
    world
        .avatars
        .delete_my_avatar(&world.ada, &origin())
        .await
        .unwrap();
    world.ports.clock.advance(Duration::hours(1));
    assert_eq!((world.sweep().await, world.objects().await), (1, 0));
}

#[tokio::test]
async fn what_is_no_picture_leaves_neither_a_row_nor_an_object() {
    let world = world().await;
    let refused = world.put("something else").await;
    assert!(matches!(refused, Err(AvatarError::NoImage)));
    for status in BlobStatus::ALL {
        assert_eq!(world.blobs(status).await, 0);
    }
}

#[tokio::test]
async fn octets_that_cannot_be_written_are_given_up_and_the_avatar_stays() {
    let world = world().await;
    world.put("picture").await.unwrap();
    let before = world.avatar().await;
    let mut broken = MockObjectStore::new();
    broken.expect_create_bucket().returning(|_| Ok(()));
    broken.expect_write().returning(|_, _| {
        let mut writer = MockObjectWriter::new();
        writer.expect_write().returning(|_| Ok(()));
        writer
            .expect_finish()
            .returning(|| Err(ObjectError::Unavailable("gone".to_owned())));
        Ok(Box::new(writer))
    });
    let avatars = world.ports.avatars(Arc::new(broken));
    let octets = Bytes::from_static(b"picture");
    let failed = avatars.put_avatar(&world.ada, octets, &origin()).await;
    assert!(matches!(failed, Err(AvatarError::Storage(_))));
    assert_eq!(world.avatar().await, before);
    assert_eq!(
        (
            world.blobs(BlobStatus::Writing).await,
            world.blobs(BlobStatus::Dead).await
        ),
        (0, 1)
    );
}

#[tokio::test]
async fn an_account_that_was_closed_meanwhile_gets_no_avatar() {
    let world = world().await;
    for status in [UserStatus::Deleted, UserStatus::Disabled, UserStatus::Invited] {
        let users = world.ports.store.read().users();
        let found = users.find(world.ada.user.id).await.unwrap().unwrap();
        assert!(users.update(&User { status, ..found }).await.unwrap());
        let refused = world.put("picture").await;
        assert!(matches!(refused, Err(AvatarError::User(_))), "{refused:?}");
    }
    assert_eq!(
        (
            world.blobs(BlobStatus::Kept).await,
            world.blobs(BlobStatus::Dead).await
        ),
        (0, 3)
    );
}

#[tokio::test]
async fn an_address_that_an_import_brought_goes_with_the_avatar() {
    let world = world().await;
    let users = world.ports.store.read().users();
    let imported = User {
        avatar_url: Some("https://example.com/ada.png".to_owned()),
        ..world.ada.user.clone()
    };
    assert!(users.update(&imported).await.unwrap());
    world
        .avatars
        .delete_my_avatar(&world.ada, &origin())
        .await
        .unwrap();
    let found = users.find(world.ada.user.id).await.unwrap().unwrap();
    assert_eq!(found.avatar_url, None);
    // Nothing is there any more, so nothing changes.
    world
        .avatars
        .delete_my_avatar(&world.ada, &origin())
        .await
        .unwrap();
    let again = users.find(world.ada.user.id).await.unwrap().unwrap();
    assert_eq!(again.version, found.version);
}

#[tokio::test]
async fn an_id_that_never_was_is_no_avatar() {
    let world = world().await;
    let id = AvatarId(world.ada.user.id.uuid());
    let unknown = world.avatars.get_avatar(id).await;
    assert!(matches!(unknown, Err(AvatarError::NotFound)));
}
