//! A server that speaks S3 and checks signatures, in this process.

use std::path::{Path, PathBuf};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The one who may.
pub const KEY_ID: &str = "test-key-id";
/// What only that one knows.
pub const SECRET: &str = "test-secret";
/// The bucket that is there.
pub const BUCKET: &str = "acme-files";

/// A server with one empty bucket, until it is dropped with the test's runtime.
pub struct S3Server {
    /// Where it answers.
    pub endpoint: String,
    folder: TempDir,
}

impl S3Server {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, folder.path().to_owned()));
        Self { endpoint, folder }
    }

    /// How many objects lie in the bucket.
    pub fn objects(&self) -> usize {
        files_below(&self.folder.path().join(BUCKET))
    }
}

async fn serve(listener: TcpListener, root: PathBuf) {
    let mut service = S3ServiceBuilder::new(FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
    let service = service.build();
    while let Ok((client, _)) = listener.accept().await {
        let service = service.clone();
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(client), service).await;
        });
    }
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    let count = |path: PathBuf| if path.is_dir() { files_below(&path) } else { 1 };
    entries.map(|entry| count(entry.unwrap().path())).sum()
}
