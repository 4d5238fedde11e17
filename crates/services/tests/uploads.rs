//! Resumable uploads: time and what is left behind, without a database.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::sync::Arc;

use bytes::Bytes;
use chrono::TimeDelta;
use mainstay_domain::{BlobStatus, BucketLimits, BucketName, ObjectKey, Principal, ResumableUpload};
use mainstay_services::{
    objects::MemoryObjects,
    ports::{Clock, ObjectStore},
    storage::{
        FileHooks, NewBucket, NewPart, NewResumable, StorageError, StoragePorts, StorageService,
        StorageSettings, UrlKey,
    },
};
use mainstay_testkit::{MemoryStore, TestPorts, origin, principal, user};

struct World {
    ports: TestPorts,
    storage: StorageService,
    objects: Arc<MemoryObjects>,
    ada: Principal,
}

fn bucket() -> BucketName {
    BucketName::parse("box").unwrap()
}

async fn world() -> World {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    let clock = Arc::clone(&ports.clock) as Arc<dyn Clock>;
    let objects = Arc::new(MemoryObjects::new(Arc::clone(&clock)));
    let storage = StorageService::new(
        StoragePorts {
            store: Arc::clone(&ports.store),
            objects: Arc::clone(&objects) as Arc<dyn ObjectStore>,
            roles: Arc::clone(&ports.roles),
            clock,
            entropy: ports.entropy.clone(),
            hooks: FileHooks::default(),
        },
        StorageSettings::new(UrlKey([7; 32])),
    );
    let account = user("ada@example.com");
    ports.store.read().users().insert(&account).await.unwrap();
    let new = NewBucket {
        name: bucket(),
        public: false,
        open: true,
        limits: BucketLimits::default(),
    };
    let ada = principal(account, []);
    let made = storage.create_bucket(&ada, new, &origin()).await;
    made.unwrap();
    World {
        ports,
        storage,
        objects,
        ada,
    }
}

impl World {
    async fn begin(&self, length: u64) -> ResumableUpload {
        let new = NewResumable {
            bucket: bucket(),
            key: ObjectKey::parse("a").unwrap(),
            length,
            declared_type: None,
            metadata: Default::default(),
            sha256: None,
            announced: String::new(),
        };
        let made = self.storage.create_upload(&self.ada, new, &origin()).await;
        made.unwrap()
    }

    async fn append(
        &self,
        upload: &ResumableUpload,
        offset: u64,
        octets: &'static [u8],
    ) -> Result<ResumableUpload, StorageError> {
        let part = NewPart {
            upload: upload.id,
            offset,
            length: None,
            checksum: None,
        };
        let mut appending = self.storage.begin_append(&self.ada, part).await?;
        appending.write(Bytes::from_static(octets)).await?;
        appending.finish(&self.ada, &origin()).await
    }

    /// How many objects the store holds.
    async fn objects(&self) -> usize {
        self.objects.list(&bucket(), None, 100).await.unwrap().len()
    }

    async fn blobs(&self, status: BlobStatus) -> usize {
        let later = self.ports.clock.now() + TimeDelta::days(1);
        let blobs = self.ports.store.read().blobs();
        blobs.list(status, later, 100).await.unwrap().len()
    }
}

#[tokio::test]
async fn an_upload_expires_after_a_day_and_its_parts_are_swept() {
    let world = world().await;
    let upload = world.begin(10).await;
    world.append(&upload, 0, b"hello").await.unwrap();
    world
        .ports
        .clock
        .advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    world.storage.sweep().await.unwrap();
    let going_on = world.append(&upload, 5, b"wo").await.unwrap();
    assert_eq!((going_on.received, going_on.finished), (7, false));
    world.ports.clock.advance(TimeDelta::seconds(1));
    let expired = world.append(&upload, 7, b"rld").await;
    assert!(matches!(expired, Err(StorageError::NotFound)));
    let expired = world.storage.get_upload(&world.ada, upload.id).await;
    assert!(matches!(expired, Err(StorageError::NotFound)));
    for _ in 0..3 {
        world.ports.clock.advance(TimeDelta::hours(25));
        world.storage.sweep().await.unwrap();
    }
    let uploads = world.ports.store.read().uploads();
    assert_eq!(uploads.find(upload.id).await.unwrap(), None);
    assert_eq!(world.objects().await, 0);
}

#[tokio::test]
async fn a_file_that_came_at_once_lies_where_it_came() {
    let world = world().await;
    let upload = world.begin(5).await;
    let made = world.append(&upload, 0, b"hello").await.unwrap();
    assert!(made.finished);
    assert_eq!(world.objects().await, 1);
    assert_eq!(world.blobs(BlobStatus::Kept).await, 1);
    assert_eq!(world.blobs(BlobStatus::Writing).await, 0);
}

#[tokio::test]
async fn the_parts_of_a_finished_upload_are_given_up_at_once() {
    let world = world().await;
    let upload = world.begin(10).await;
    world.append(&upload, 0, b"hello").await.unwrap();
    world.append(&upload, 5, b"world").await.unwrap();
    assert_eq!(world.blobs(BlobStatus::Kept).await, 1);
    assert_eq!(world.blobs(BlobStatus::Dead).await, 2);
    world.ports.clock.advance(TimeDelta::hours(1));
    world.storage.sweep().await.unwrap();
    assert_eq!(world.objects().await, 1);
}

#[tokio::test]
async fn octets_that_came_before_the_line_was_cut_are_kept_but_never_the_last_one() {
    let world = world().await;
    let upload = world.begin(5).await;
    for (offset, octets, expected) in [(0, "he", 2), (2, "llo", 4), (4, "o", 4)] {
        let part = NewPart {
            upload: upload.id,
            offset,
            length: None,
            checksum: None,
        };
        let mut appending = world.storage.begin_append(&world.ada, part).await.unwrap();
        appending
            .write(Bytes::from_static(octets.as_bytes()))
            .await
            .unwrap();
        appending.break_off().await.unwrap();
        let known = world.storage.get_upload(&world.ada, upload.id).await.unwrap();
        assert_eq!((known.received, known.finished), (expected, false));
    }
    let made = world.append(&upload, 4, b"o").await.unwrap();
    assert!(made.finished);
    let file = world
        .storage
        .get_file(&world.ada, &bucket(), &upload.key)
        .await
        .unwrap();
    assert_eq!(file.size, 5);
}
