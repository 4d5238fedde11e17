//! A network between the server and its database that can break.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Passes connections on to a server until it is cut.
pub struct CuttableProxy {
    /// Where it listens.
    pub addr: SocketAddr,
    whole: watch::Sender<bool>,
}

impl CuttableProxy {
    /// A whole line to `target`.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (whole, seen) = watch::channel(true);
        tokio::spawn(accept(listener, target, seen));
        Self { addr, whole }
    }

    /// Breaks every connection, and lets no new one through.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn accept(listener: TcpListener, target: String, whole: watch::Receiver<bool>) {
    loop {
        let Ok((mut client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        if !*whole.borrow() {
            continue;
        }
        let (target, mut whole) = (target.clone(), whole.clone());
        tokio::spawn(async move {
            let Ok(mut server) = TcpStream::connect(target).await else {
                return;
            };
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = whole.wait_for(|whole| !whole) => {}
            }
        });
    }
}
