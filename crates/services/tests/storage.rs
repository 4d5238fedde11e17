//! Use cases of files.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use futures::StreamExt as _;
use mainstay_domain::{
    BlobStatus, BucketLimits, BucketName, File, ObjectKey, Permission, Principal, Sha256, User,
};
use mainstay_services::{
    objects::MemoryObjects,
    ports::{Clock, MockObjectStore, MockObjectWriter, ObjectError, ObjectStore},
    storage::{
        Condition, Copying, NewBucket, NewUpload, Placed, SignedMethod, StorageError, StorageService,
        SweepOptions, UrlRequest,
    },
};
use mainstay_testkit::{MemoryStore, TestPorts, admin_principal, origin, principal, user};

/// Fakes, the bucket `box`, and Ada, who may keep files in it.
struct World {
    ports: TestPorts,
    objects: Arc<MemoryObjects>,
    storage: StorageService,
    ada: Principal,
}

fn bucket() -> BucketName {
    BucketName::parse("box").unwrap()
}

fn key(raw: &str) -> ObjectKey {
    ObjectKey::parse(raw).unwrap()
}

fn upload(raw: &str) -> NewUpload {
    NewUpload {
        bucket: bucket(),
        key: key(raw),
        declared_type: None,
        length: None,
        sha256: None,
        metadata: None,
        condition: Condition::None,
    }
}

async fn stored(ports: &TestPorts, user: User) -> Principal {
    ports.store.read().users().insert(&user).await.unwrap();
    principal(user, [])
}

async fn world() -> World {
    let ports = TestPorts::new(Arc::new(MemoryStore::new()));
    let objects = Arc::new(MemoryObjects::new(Arc::clone(&ports.clock) as Arc<dyn Clock>));
    let storage = ports.storage(Arc::clone(&objects) as Arc<dyn ObjectStore>);
    let ada = stored(&ports, user("ada@example.com")).await;
    let new = NewBucket {
        name: bucket(),
        public: false,
        open: true,
        limits: BucketLimits::default(),
    };
    storage
        .create_bucket(&admin_principal(), new, &origin())
        .await
        .unwrap();
    World {
        ports,
        objects,
        storage,
        ada,
    }
}

impl World {
    async fn put(&self, new: NewUpload, octets: &'static [u8]) -> Result<Placed, StorageError> {
        let mut upload = self.storage.begin_upload(&self.ada, new).await?;
        if let Err(error) = upload.write(Bytes::from_static(octets)).await {
            upload.give_up().await;
            return Err(error);
        }
        upload.finish(&origin()).await
    }

    async fn read(&self, file: &File) -> Vec<u8> {
        let read = self.storage.read_file(&bucket(), file, None).await.unwrap();
        let parts: Vec<_> = read.body.collect().await;
        parts
            .into_iter()
            .flat_map(|part| part.unwrap().to_vec())
            .collect()
    }

    /// Blobs in a status, whenever they came into it.
    async fn blobs(&self, status: BlobStatus) -> usize {
        let later = self.ports.clock.now() + Duration::days(1);
        let blobs = self.ports.store.read().blobs().list(status, later, 100).await;
        blobs.unwrap().len()
    }

    async fn objects(&self) -> usize {
        self.objects.list(&bucket(), None, 100).await.unwrap().len()
    }
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_nothing_that_the_sweep_does_not_remove() {
    let world = world().await;
    let mut half = world.storage.begin_upload(&world.ada, upload("a")).await.unwrap();
    half.write(Bytes::from_static(b"half")).await.unwrap();
    half.give_up().await;
    assert_eq!(world.blobs(BlobStatus::Dead).await, 1);
    world.ports.clock.advance(Duration::hours(1));
    assert_eq!(world.storage.sweep().await.unwrap().removed, 1);
    assert_eq!(
        (world.blobs(BlobStatus::Dead).await, world.objects().await),
        (0, 0)
    );
}

/// Octets that no row knows of, under `name`.
async fn stray(world: &World, bucket: &BucketName, name: &str) {
    let mut writer = world.objects.write(bucket, &key(name)).await.unwrap();
    writer.write(Bytes::from_static(b"stray")).await.unwrap();
    writer.finish().await.unwrap();
}

fn blob_name(number: u32) -> String {
    format!("0190aaaa-0000-7000-8000-{number:012x}")
}

#[tokio::test]
async fn octets_that_no_row_knows_of_are_removed_after_a_day() {
    let world = world().await;
    world.put(upload("a"), b"kept").await.unwrap();
    let elsewhere = BucketName::parse("elsewhere").unwrap();
    world.objects.create_bucket(&elsewhere).await.unwrap();
    stray(&world, &bucket(), &blob_name(1)).await;
    stray(&world, &bucket(), "not-of-mainstay").await;
    stray(&world, &elsewhere, &blob_name(2)).await;
    world.ports.clock.advance(Duration::hours(23));
    assert_eq!(world.storage.mend().await.unwrap().strays, 0);
    world.ports.clock.advance(Duration::hours(2));
    assert_eq!(world.storage.mend().await.unwrap().strays, 1);
    assert_eq!(world.storage.mend().await.unwrap().strays, 0);
    assert_eq!(world.objects().await, 2);
    let left = world.objects.list(&elsewhere, None, 100).await.unwrap();
    assert_eq!(left.len(), 1);
}

#[tokio::test]
async fn a_store_of_another_database_is_left_alone_unless_somebody_says_so() {
    let world = world().await;
    for number in 0..11 {
        stray(&world, &bucket(), &blob_name(number)).await;
    }
    world.ports.clock.advance(Duration::days(2));
    assert_eq!(world.storage.mend().await.unwrap().strays, 0);
    let told = SweepOptions {
        dry_run: true,
        remove_lost: false,
    };
    let report = world.storage.sweep_all(told).await.unwrap();
    assert_eq!((report.strays, report.stray_octets, report.objects), (11, 55, 11));
    assert_eq!(world.objects().await, 11);
    let report = world.storage.sweep_all(SweepOptions::default()).await.unwrap();
    assert_eq!(report.strays, 11);
    assert_eq!(world.objects().await, 0);
}

#[tokio::test]
async fn walks_over_objects_and_files_go_on_where_the_last_run_ended() {
    let world = world().await;
    let placed = world.put(upload("a"), b"kept").await.unwrap();
    stray(&world, &bucket(), &blob_name(1)).await;
    world.ports.clock.advance(Duration::days(2));
    let sweeps = world.ports.store.read().sweeps();
    // Behind the whole bucket, and behind the file.
    sweeps.keep("storage.objects", "box!").await.unwrap();
    sweeps
        .keep("storage.files", &placed.file.id.to_string())
        .await
        .unwrap();
    world
        .objects
        .delete(&bucket(), &key(&placed.file.blob.to_string()))
        .await
        .unwrap();
    let run = world.storage.mend().await.unwrap();
    assert_eq!((run.strays, run.lost), (0, 0));
    let run = world.storage.mend().await.unwrap();
    assert_eq!((run.strays, run.lost), (1, 1));
}

#[tokio::test]
async fn a_full_sweep_tells_how_many_octets_it_freed() {
    let world = world().await;
    let placed = world.put(upload("a"), b"seven!!").await.unwrap();
    let place = (&bucket(), &placed.file.key);
    world
        .storage
        .delete_file(&world.ada, place, &Condition::None, &origin())
        .await
        .unwrap();
    world.ports.clock.advance(Duration::hours(1));
    let told = SweepOptions {
        dry_run: true,
        remove_lost: false,
    };
    let report = world.storage.sweep_all(told).await.unwrap();
    assert_eq!((report.swept.removed, report.swept.freed), (1, 0));
    let report = world.storage.sweep_all(SweepOptions::default()).await.unwrap();
    assert_eq!((report.swept.removed, report.swept.freed), (1, 7));
    assert!(report.is_whole());
    assert_eq!(world.objects().await, 0);
}

#[tokio::test]
async fn an_upload_of_a_process_that_died_is_swept_after_a_day() {
    let world = world().await;
    drop(world.storage.begin_upload(&world.ada, upload("a")).await.unwrap());
    world.ports.clock.advance(Duration::hours(23));
    assert_eq!(world.storage.sweep().await.unwrap().abandoned, 0);
    world.ports.clock.advance(Duration::hours(2));
    assert_eq!(world.storage.sweep().await.unwrap().abandoned, 1);
    world.ports.clock.advance(Duration::hours(1));
    assert_eq!(world.storage.sweep().await.unwrap().removed, 1);
}

#[tokio::test]
async fn a_long_upload_that_still_writes_is_not_swept() {
    let world = world().await;
    let mut long = world.storage.begin_upload(&world.ada, upload("a")).await.unwrap();
    for _ in 0..30 {
        world.ports.clock.advance(Duration::hours(2));
        long.write(Bytes::from_static(b"x")).await.unwrap();
        assert_eq!(world.storage.sweep().await.unwrap().abandoned, 0);
    }
    let placed = long.finish(&origin()).await.unwrap();
    assert_eq!(placed.file.size, 30);
}

#[tokio::test]
async fn old_octets_stay_for_their_readers_and_go_afterwards() {
    let world = world().await;
    let first = world.put(upload("a"), b"first").await.unwrap().file;
    let second = world.put(upload("a"), b"second").await.unwrap();
    assert!(!second.created);
    world.storage.sweep().await.unwrap();
    assert_eq!(world.read(&first).await, b"first");
    assert_eq!(world.read(&second.file).await, b"second");
    world.ports.clock.advance(Duration::hours(1));
    assert_eq!(world.storage.sweep().await.unwrap().removed, 1);
    assert_eq!(world.objects().await, 1);
    assert_eq!(world.read(&second.file).await, b"second");
}

#[tokio::test]
async fn a_store_without_room_or_that_breaks_off_leaves_the_file_as_it_was() {
    let world = world().await;
    let first = world.put(upload("a"), b"first").await.unwrap().file;
    world.objects.set_room(Some(5));
    let full = world.put(upload("a"), b"second").await;
    assert!(matches!(full, Err(StorageError::Full)), "{full:?}");
    world.objects.set_room(None);
    world
        .objects
        .set_failure(Some(ObjectError::Unavailable("reset".to_owned())));
    let away = world.put(upload("a"), b"third").await;
    assert!(matches!(away, Err(StorageError::Failure(_))), "{away:?}");
    world.objects.set_failure(None);
    let there = world
        .storage
        .get_file(&world.ada, &bucket(), &key("a"))
        .await
        .unwrap();
    assert_eq!((world.read(&there).await, there), (b"first".to_vec(), first));
    assert_eq!(
        (
            world.blobs(BlobStatus::Writing).await,
            world.blobs(BlobStatus::Dead).await
        ),
        (0, 2)
    );
}

#[tokio::test]
async fn octets_that_are_not_the_announced_ones_are_never_made_durable() {
    let world = world().await;
    let wrong = NewUpload {
        sha256: Some(Sha256([7; 32])),
        ..upload("a")
    };
    let answer = world.put(wrong, b"octets").await;
    assert!(matches!(answer, Err(StorageError::ChecksumMismatch)));
    let short = NewUpload {
        length: Some(7),
        ..upload("a")
    };
    let answer = world.put(short, b"octets").await;
    assert!(matches!(answer, Err(StorageError::LengthMismatch)));
    let long = NewUpload {
        length: Some(5),
        ..upload("a")
    };
    let answer = world.put(long, b"octets").await;
    assert!(matches!(answer, Err(StorageError::LengthMismatch)));
    assert_eq!(world.objects().await, 0);
}

#[tokio::test]
async fn an_object_store_that_fails_to_finish_makes_no_file() {
    let world = world().await;
    let mut broken = MockObjectStore::new();
    broken.expect_write().returning(|_, _| {
        let mut writer = MockObjectWriter::new();
        writer.expect_write().returning(|_| Ok(()));
        writer
            .expect_finish()
            .returning(|| Err(ObjectError::Unavailable("fsync".to_owned())));
        Ok(Box::new(writer))
    });
    let storage = world.ports.storage(Arc::new(broken));
    let mut upload = storage.begin_upload(&world.ada, upload("a")).await.unwrap();
    upload.write(Bytes::from_static(b"x")).await.unwrap();
    let answer = upload.finish(&origin()).await;
    assert!(matches!(answer, Err(StorageError::Failure(_))), "{answer:?}");
    let found = world.storage.get_file(&world.ada, &bucket(), &key("a")).await;
    assert!(matches!(found, Err(StorageError::NotFound)));
    assert_eq!(world.blobs(BlobStatus::Dead).await, 1);
}

#[tokio::test]
async fn a_signed_url_ends_when_it_expires() {
    let world = world().await;
    world.put(upload("a"), b"x").await.unwrap();
    let request = UrlRequest {
        bucket: bucket(),
        key: key("a"),
        method: SignedMethod::Get,
        lasts: Duration::days(365),
        attachment: false,
    };
    let url = world
        .storage
        .sign_url(&world.ada, &request, &origin())
        .await
        .unwrap();
    let (bucket, key) = (bucket(), key("a"));
    let get = || world.storage.get_signed_file((&bucket, &key), &url);
    world
        .ports
        .clock
        .advance(Duration::days(7) - Duration::seconds(1));
    get().await.unwrap();
    world.ports.clock.advance(Duration::seconds(1));
    assert!(matches!(get().await, Err(StorageError::UrlRefused)));
}

#[tokio::test]
async fn a_copy_into_a_bucket_asks_for_its_rules_too() {
    let world = world().await;
    world.put(upload("a"), b"text").await.unwrap();
    let small = NewBucket {
        name: BucketName::parse("small").unwrap(),
        public: false,
        open: true,
        limits: BucketLimits {
            file_size: Some(3),
            ..BucketLimits::default()
        },
    };
    let admin = principal(world.ada.user.clone(), [Permission::STORAGE_BUCKETS]);
    let small = world
        .storage
        .create_bucket(&admin, small, &origin())
        .await
        .unwrap();
    let copying = Copying {
        bucket: bucket(),
        from: key("a"),
        to_bucket: small.name,
        to: key("a"),
        overwrite: false,
    };
    let answer = world.storage.copy_file(&world.ada, &copying, &origin()).await;
    assert!(
        matches!(answer, Err(StorageError::FileTooLarge { most: 3 })),
        "{answer:?}"
    );
    let moved = world.storage.move_file(&world.ada, &copying, &origin()).await;
    assert!(
        matches!(moved, Err(StorageError::FileTooLarge { most: 3 })),
        "{moved:?}"
    );
}
