//! Direct uploads: what a client does behind the server's back, and what is left behind.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use futures::StreamExt as _;
use mainstay_domain::{BucketLimits, BucketName, ObjectKey, Principal, Timestamp};
use mainstay_services::{
    objects::MemoryObjects,
    ports::{Clock, ObjectError, ObjectInfo, ObjectRead, ObjectStore, ObjectWriter, Presign},
    storage::{
        DirectOffer, FileHooks, NewBucket, NewDirect, Placed, StorageError, StoragePorts, StorageService,
        StorageSettings, UrlKey,
    },
};
use mainstay_testkit::{MemoryStore, TestPorts, origin, principal, user};

/// A store in memory that signs URLs: the key itself. Whoever is told to be sly puts something else
/// there as soon as it was copied.
struct Signing {
    inner: MemoryObjects,
    sly: AtomicBool,
}

#[async_trait]
impl ObjectStore for Signing {
    fn name(&self) -> &'static str {
        "signing"
    }

    async fn create_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        self.inner.create_bucket(bucket).await
    }

    async fn delete_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        self.inner.delete_bucket(bucket).await
    }

    async fn write(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<Box<dyn ObjectWriter>, ObjectError> {
        self.inner.write(bucket, key).await
    }

    async fn read(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        range: Option<Range<u64>>,
    ) -> Result<ObjectRead, ObjectError> {
        self.inner.read(bucket, key, range).await
    }

    async fn head(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError> {
        self.inner.head(bucket, key).await
    }

    async fn copy<'a>(
        &self,
        from: (&'a BucketName, &'a ObjectKey),
        to: (&'a BucketName, &'a ObjectKey),
    ) -> Result<(), ObjectError> {
        self.inner.copy(from, to).await?;
        if self.sly.load(Ordering::SeqCst) {
            put(&self.inner, from.1, b"OTHER").await;
        }
        Ok(())
    }

    async fn delete(&self, bucket: &BucketName, key: &ObjectKey) -> Result<(), ObjectError> {
        self.inner.delete(bucket, key).await
    }

    async fn list<'a>(
        &self,
        bucket: &BucketName,
        after: Option<&'a ObjectKey>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        self.inner.list(bucket, after, limit).await
    }

    async fn presign(
        &self,
        _: &BucketName,
        key: &ObjectKey,
        _: &Presign,
    ) -> Result<Option<String>, ObjectError> {
        Ok(Some(key.to_string()))
    }

    async fn tidy(&self, before: Timestamp) -> Result<u64, ObjectError> {
        self.inner.tidy(before).await
    }

    async fn check(&self) -> Result<(), String> {
        self.inner.check().await
    }
}

fn bucket() -> BucketName {
    BucketName::parse("box").unwrap()
}

async fn put(objects: &dyn ObjectStore, key: &ObjectKey, octets: &'static [u8]) {
    let mut writer = objects.write(&bucket(), key).await.unwrap();
    writer.write(Bytes::from_static(octets)).await.unwrap();
    writer.finish().await.unwrap();
}

struct World {
    ports: TestPorts,
    storage: StorageService,
    objects: Arc<Signing>,
    ada: Principal,
}

async fn world() -> World {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    let clock = Arc::clone(&ports.clock) as Arc<dyn Clock>;
    let objects = Arc::new(Signing {
        inner: MemoryObjects::new(Arc::clone(&clock)),
        sly: AtomicBool::new(false),
    });
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
    storage.create_bucket(&ada, new, &origin()).await.unwrap();
    World {
        ports,
        storage,
        objects,
        ada,
    }
}

impl World {
    async fn begin(&self) -> DirectOffer {
        let new = NewDirect {
            bucket: bucket(),
            key: ObjectKey::parse("a").unwrap(),
            size: 5,
            declared_type: None,
            metadata: Default::default(),
            sha256: None,
            only_new: false,
            only_over: None,
        };
        self.storage.create_direct_upload(&self.ada, new).await.unwrap()
    }

    /// What the client does with the URL.
    async fn send(&self, offer: &DirectOffer, octets: &'static [u8]) {
        let key = ObjectKey::parse(&offer.url).unwrap();
        put(&self.objects.inner, &key, octets).await;
    }

    async fn complete(&self, offer: &DirectOffer) -> Result<Placed, StorageError> {
        self.storage
            .complete_direct_upload(&self.ada, (&bucket(), offer.id), None, &origin())
            .await
    }

    async fn objects(&self) -> usize {
        self.objects.list(&bucket(), None, 100).await.unwrap().len()
    }

    async fn later(&self, time: TimeDelta) {
        self.ports.clock.advance(time);
        self.storage.sweep().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_put_there_between_the_copy_and_the_look_is_not_what_is_kept() {
    let world = world().await;
    world.objects.sly.store(true, Ordering::SeqCst);
    let offer = world.begin().await;
    world.send(&offer, b"hello").await;
    let file = world.complete(&offer).await.unwrap().file;
    let mut body = world
        .storage
        .read_file(&bucket(), &file, None)
        .await
        .unwrap()
        .body;
    assert_eq!(body.next().await.unwrap().unwrap(), "hello");
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"hello");
    assert_eq!(file.sha256.0, sum.as_ref());
}

#[tokio::test]
async fn what_was_sent_and_never_completed_is_swept_when_nothing_can_come_any_more() {
    let world = world().await;
    let offer = world.begin().await;
    world.send(&offer, b"hello").await;
    world.later(TimeDelta::hours(2) - TimeDelta::seconds(1)).await;
    assert_eq!(world.objects().await, 1);
    world.later(TimeDelta::seconds(1)).await;
    assert!(matches!(
        world.complete(&offer).await,
        Err(StorageError::NotFound)
    ));
    for _ in 0..2 {
        world.later(TimeDelta::hours(25)).await;
    }
    assert_eq!(world.objects().await, 0);
    let uploads = world.ports.store.read().uploads();
    assert_eq!(uploads.find(offer.id).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_sent_after_completion_or_giving_up_is_swept_and_the_file_stays() {
    let world = world().await;
    let (kept, given_up) = (world.begin().await, world.begin().await);
    world.send(&kept, b"hello").await;
    world.complete(&kept).await.unwrap();
    let place = (&bucket(), given_up.id);
    let deleted = world.storage.delete_direct_upload(&world.ada, place).await;
    deleted.unwrap();
    assert_eq!(world.objects().await, 1);
    // The URLs work for an hour, and what began in time may take long.
    world.ports.clock.advance(TimeDelta::minutes(90));
    for offer in [&kept, &given_up] {
        world.send(offer, b"OTHER").await;
    }
    assert_eq!(world.objects().await, 3);
    for _ in 0..2 {
        world.later(TimeDelta::hours(25)).await;
    }
    assert_eq!(world.objects().await, 1);
    let key = ObjectKey::parse("a").unwrap();
    let file = world.storage.get_file(&world.ada, &bucket(), &key).await;
    let read = world.storage.read_file(&bucket(), &file.unwrap(), None).await;
    assert_eq!(read.unwrap().size, 5);
}

#[tokio::test]
async fn a_store_that_fails_at_completion_leaves_the_upload_to_be_tried_again() {
    let world = world().await;
    let offer = world.begin().await;
    world.send(&offer, b"hello").await;
    let away = ObjectError::Unavailable("away".to_owned());
    world.objects.inner.set_failure(Some(away));
    let failed = world.complete(&offer).await;
    assert!(matches!(failed, Err(StorageError::Failure(_))));
    world.objects.inner.set_failure(None);
    assert!(world.complete(&offer).await.unwrap().created);
}
