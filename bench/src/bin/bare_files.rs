//! The physical limit for files: actix-web, actix-files and the disk, and nothing else.
//!
//! `DATABASE_URL`, `PORT` and `FOLDER` from the environment. `PUT /big/{name}` streams the body
//! into a file, with its SHA-256; `PUT /small/{name}` writes one and inserts a row for it. Both
//! sync it before it gets its name. `GET /files/{name}` is actix-files. Nobody has to log in.

use std::{
    env,
    error::Error,
    fmt,
    fs::{File, rename},
    io::Write,
    path::PathBuf,
};

use actix_files::Files;
use actix_web::{
    App, HttpResponse, HttpServer, ResponseError,
    web::{self, Bytes, Data, Path, Payload, PayloadConfig},
};
use aws_lc_rs::digest::{Context, SHA256};
use futures::StreamExt;
use mainstay_bench::Database;
use uuid::Uuid;

/// What is gathered before a blocking thread is asked to write it.
const PIECE: usize = 256 * 1024;

struct State {
    database: Database,
    folder: PathBuf,
}

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ResponseError for Failure {}

fn failure(error: impl fmt::Display) -> Failure {
    Failure(error.to_string())
}

/// A file on its way, and the hash of what is in it so far.
struct Writing {
    file: File,
    path: PathBuf,
    hash: Context,
}

impl Writing {
    fn begin(state: &State) -> Result<Self, Failure> {
        let path = state.folder.join(format!(".{}", Uuid::now_v7()));
        Ok(Self {
            file: File::create(&path).map_err(failure)?,
            path,
            hash: Context::new(&SHA256),
        })
    }

    fn write(mut self, octets: &[u8]) -> Result<Self, Failure> {
        self.hash.update(octets);
        self.file.write_all(octets).map_err(failure)?;
        Ok(self)
    }

    fn finish(self, state: &State, name: &str) -> Result<Vec<u8>, Failure> {
        self.file.sync_all().map_err(failure)?;
        rename(&self.path, state.folder.join(name)).map_err(failure)?;
        let folder = File::open(&state.folder).map_err(failure)?;
        folder.sync_all().map_err(failure)?;
        Ok(self.hash.finish().as_ref().to_vec())
    }
}

async fn health() -> &'static str {
    r#"{"status":"ok"}"#
}

async fn big(state: Data<State>, name: Path<String>, mut body: Payload) -> Result<HttpResponse, Failure> {
    let mut writing = Writing::begin(&state)?;
    let mut piece = Vec::with_capacity(PIECE);
    while let Some(chunk) = body.next().await {
        piece.extend_from_slice(&chunk.map_err(failure)?);
        if piece.len() >= PIECE {
            let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE));
            writing = web::block(move || writing.write(&full))
                .await
                .map_err(failure)??;
        }
    }
    let finished = web::block(move || writing.write(&piece)?.finish(&state, &name)).await;
    finished.map_err(failure)??;
    Ok(HttpResponse::Created().finish())
}

async fn small(state: Data<State>, name: Path<String>, body: Bytes) -> Result<HttpResponse, Failure> {
    let size = body.len();
    let (files, file_name) = (state.clone(), name.clone());
    let finished = web::block(move || Writing::begin(&files)?.write(&body)?.finish(&files, &file_name)).await;
    let hash = finished.map_err(failure)??;
    state
        .database
        .keep_file(&name, size, &hash)
        .await
        .map_err(failure)?;
    Ok(HttpResponse::Created().finish())
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Database::open(&env::var("DATABASE_URL")?).await?;
    database.make_files().await?;
    let folder = PathBuf::from(env::var("FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    let state = Data::new(State {
        database,
        folder: folder.clone(),
    });
    HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(PayloadConfig::new(1 << 20))
            .route("/health", web::get().to(health))
            .route("/big/{name}", web::put().to(big))
            .route("/small/{name}", web::put().to(small))
            .service(Files::new("/files", &folder))
    })
    .bind(("127.0.0.1", env::var("PORT")?.parse()?))?
    .run()
    .await?;
    Ok(())
}
