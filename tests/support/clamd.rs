//! A daemon that speaks ClamAV's protocol and finds `EICAR`; it waits for its leave to judge.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

pub struct Clamd {
    pub address: String,
    leave: Arc<Semaphore>,
}

impl Clamd {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let leave = Arc::new(Semaphore::new(0));
        let judging = Arc::clone(&leave);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let leave = Arc::clone(&judging);
                tokio::spawn(async move { serve(stream, &leave).await });
            }
        });
        Self { address, leave }
    }

    /// Lets it judge so many files.
    pub fn judge(&self, files: usize) {
        self.leave.add_permits(files);
    }
}

async fn serve(mut stream: TcpStream, leave: &Semaphore) -> std::io::Result<()> {
    let mut command = Vec::new();
    while command.last() != Some(&0) {
        command.push(stream.read_u8().await?);
    }
    if command == b"zPING\0" {
        return stream.write_all(b"PONG\0").await;
    }
    let mut file = Vec::new();
    loop {
        let mut chunk = vec![0; usize::try_from(stream.read_u32().await?).unwrap()];
        if chunk.is_empty() {
            break;
        }
        stream.read_exact(&mut chunk).await?;
        file.append(&mut chunk);
    }
    leave.acquire().await.unwrap().forget();
    let found = file.windows(5).any(|part| part == b"EICAR");
    let answer: &[u8] = if found {
        b"stream: Eicar-Signature FOUND\0"
    } else {
        b"stream: OK\0"
    };
    stream.write_all(answer).await
}
