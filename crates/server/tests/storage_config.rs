//! What settings of files are accepted, and how the others are refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use mainstay_server::config::{BucketMapping, Config, Loaded, Sources, StorageBackend};
use secrecy::ExposeSecret;

fn with(settings: &[(&str, &str)]) -> Sources {
    settings.iter().fold(Sources::none(), |sources, (key, value)| {
        sources.variable(&format!("MAINSTAY_STORAGE__{key}"), value)
    })
}

fn in_production(settings: &[(&str, &str)]) -> Sources {
    with(settings)
        .variable("ENVIRONMENT", "production")
        .variable("SECRET_KEY", "correct-horse-battery-staple-0123456789")
        .variable("PUBLIC_URL", "https://api.example.com")
}

/// The keys that are complained about.
fn refused(sources: &Sources) -> Vec<String> {
    let error = Config::load(sources).expect_err("the configuration was accepted");
    error.problems.iter().map(|problem| problem.key.clone()).collect()
}

const KEYS: [(&str, &str); 2] = [("ACCESS_KEY_ID", "id"), ("SECRET_ACCESS_KEY", "hush-hush")];

#[test]
fn without_any_setting_files_are_kept_in_a_folder() {
    let storage = Config::load(&Sources::none()).unwrap().storage;
    assert_eq!(storage.backend, StorageBackend::Disk);
    assert_eq!(storage.root.to_str(), Some("data/files"));
    assert_eq!(storage.max_file_size, 5 << 30);
}

#[test]
fn the_secret_of_a_remote_store_is_shown_nowhere() {
    let mut settings = vec![("BACKEND", "s3"), ("BUCKET", "acme-files")];
    settings.extend(KEYS);
    let loaded = Loaded::load(&with(&settings)).unwrap();
    let storage = &loaded.config.storage;
    assert_eq!(
        (storage.backend, storage.mapping),
        (StorageBackend::S3, BucketMapping::Prefix)
    );
    assert_eq!(
        storage.secret_access_key.as_ref().unwrap().expose_secret(),
        "hush-hush"
    );
    let shown = format!("{loaded:?}");
    assert!(
        shown.contains("acme-files") && !shown.contains("hush-hush"),
        "{shown}"
    );
}

#[test]
fn settings_of_a_remote_store_that_contradict_each_other_are_refused() {
    for (settings, key) in [
        (vec![("BACKEND", "s3")], "storage.bucket"),
        (
            vec![("BACKEND", "s3"), ("BUCKET", "b"), ("ACCESS_KEY_ID", "id")],
            "storage.secret_access_key",
        ),
        (vec![("BACKEND", "gcs"), ("MAPPING", "bucket")], "storage.mapping"),
        (
            vec![
                ("BACKEND", "b2"),
                ("MAPPING", "bucket"),
                ("REGION", "eu-central-003"),
            ],
            "storage.access_key_id",
        ),
        (
            vec![("BACKEND", "b2"), ("MAPPING", "bucket"), KEYS[0], KEYS[1]],
            "storage.region",
        ),
        (vec![("BACKEND", "floppy")], "storage.backend"),
        (vec![("ENDPOINT", "ftp://x")], "storage.endpoint"),
    ] {
        assert_eq!(refused(&with(&settings)), [key], "{settings:?}");
    }
}

#[test]
fn production_refuses_a_store_that_forgets_or_is_reached_in_the_clear() {
    assert_eq!(
        refused(&in_production(&[("BACKEND", "memory")])),
        ["storage.backend"]
    );
    let plain = [
        ("BACKEND", "s3"),
        ("MAPPING", "bucket"),
        ("ENDPOINT", "http://minio:9000"),
    ];
    assert_eq!(refused(&in_production(&plain)), ["storage.endpoint"]);
    assert!(Config::load(&with(&plain)).is_ok());
    assert!(Config::load(&in_production(&[])).is_ok());
}
