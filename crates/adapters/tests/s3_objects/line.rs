//! A line to the server that can break while octets are on it.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Everything passes.
    Whole,
    /// It ends after so many octets of the answer.
    CutAnswer(usize),
    /// Nothing comes any more after so many octets of the answer.
    StallAnswer(usize),
    /// It ends after so many octets of the request.
    CutRequest(usize),
}

/// Passes connections on.
pub struct Line {
    /// Where it listens.
    pub authority: String,
    fates: Arc<Mutex<Vec<Fate>>>,
    last: watch::Sender<Fate>,
}

impl Line {
    /// A whole line to the server.
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let fates = Arc::new(Mutex::new(Vec::new()));
        let (last, seen) = watch::channel(Fate::Whole);
        let next = Arc::clone(&fates);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fate = next.lock().unwrap().pop().unwrap_or(*seen.borrow());
                tokio::spawn(pass(client, server.clone(), fate));
            }
        });
        Self {
            authority,
            fates,
            last,
        }
    }

    /// Every connection from now on.
    pub fn set(&self, fate: Fate) {
        self.last.send_replace(fate);
    }

    /// The next connection only.
    pub fn set_next(&self, fate: Fate) {
        self.fates.lock().unwrap().push(fate);
    }
}

async fn pass(client: TcpStream, server: String, fate: Fate) {
    let server = TcpStream::connect(server).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let (ask, answer) = match fate {
        Fate::Whole => (usize::MAX, usize::MAX),
        Fate::CutAnswer(octets) | Fate::StallAnswer(octets) => (usize::MAX, octets),
        Fate::CutRequest(octets) => (octets, usize::MAX),
    };
    tokio::select! {
        () = copy(&mut from_client, &mut to_server, ask) => {}
        () = copy(&mut from_server, &mut to_client, answer) => {}
    }
    if matches!(fate, Fate::StallAnswer(_)) {
        std::future::pending::<()>().await;
    }
}

/// Copies until the end, or so many octets.
async fn copy(from: &mut (impl AsyncRead + Unpin), to: &mut (impl AsyncWrite + Unpin), mut left: usize) {
    let mut block = vec![0; 16 << 10];
    while left > 0 {
        let Ok(read @ 1..) = from.read(&mut block).await else {
            return;
        };
        let passed = read.min(left);
        if to.write_all(&block[..passed]).await.is_err() {
            return;
        }
        left -= passed;
    }
}
