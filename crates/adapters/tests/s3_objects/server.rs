//! A server that speaks S3, in this process.

use std::{path::PathBuf, sync::Arc, time::Duration};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use mainstay_adapters::{BucketPlan, CloudKeys, CloudObjects, CloudService, CloudSettings};
use mainstay_domain::{BucketName, ObjectKey};
use mainstay_services::ports::{ObjectError, ObjectStore};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The one who may.
const KEY_ID: &str = "test-key-id";
/// What only that one knows.
const SECRET: &str = "test-secret";

/// A server with an empty folder, until the test's runtime ends.
pub struct S3Server {
    /// Host and port.
    pub authority: String,
    /// Where it keeps its files.
    pub root: PathBuf,
}

impl S3Server {
    /// Starts it.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let mut service = S3ServiceBuilder::new(FileSystem::new(&root).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let _folder: TempDir = folder;
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let service = service.clone();
                tokio::spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(client), service).await;
                });
            }
        });
        Self { authority, root }
    }

    /// Each of our buckets is a bucket there.
    pub fn own_buckets(&self) -> CloudSettings {
        settings(
            &self.authority,
            BucketPlan::Bucket {
                before: "acme-".to_owned(),
            },
        )
    }

    /// Each of our buckets is a prefix in one that is there.
    pub fn prefixes(&self) -> CloudSettings {
        std::fs::create_dir_all(self.root.join("acme-files")).unwrap();
        let plan = BucketPlan::Prefix {
            bucket: "acme-files".to_owned(),
            before: "mainstay/".to_owned(),
        };
        settings(&self.authority, plan)
    }
}

/// How to reach a server at this address.
pub fn settings(authority: &str, buckets: BucketPlan) -> CloudSettings {
    CloudSettings {
        service: CloudService::S3 {
            name: "s3",
            endpoint: Some(format!("http://{authority}")),
            region: "eu-central-1".to_owned(),
            virtual_host_style: false,
            keys: Some(keys(SECRET)),
            native: None,
        },
        buckets,
        largest: 5 << 30,
        timeout: Duration::from_secs(20),
        retries: 2,
        insecure: true,
    }
}

/// The key id with a secret.
pub fn keys(secret: &str) -> CloudKeys {
    CloudKeys {
        id: KEY_ID.to_owned(),
        secret: secret.to_owned(),
    }
}

/// A store.
pub fn store(settings: CloudSettings) -> Arc<dyn ObjectStore> {
    Arc::new(CloudObjects::new(settings).unwrap())
}

/// The bucket of tests.
pub fn bucket() -> BucketName {
    BucketName::parse("reports").unwrap()
}

/// The key of tests.
pub fn key() -> ObjectKey {
    ObjectKey::parse("2026/q3 äöü.pdf").unwrap()
}

/// Octets that tell where they stand.
pub fn pattern(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at % 251) as u8 ^ (at >> 12) as u8)
        .collect()
}

/// Writes the object of tests.
pub async fn write(store: &Arc<dyn ObjectStore>, octets: Vec<u8>) -> Result<(), ObjectError> {
    let mut writer = store.write(&bucket(), &key()).await?;
    writer.write(octets.into()).await?;
    writer.finish().await
}
