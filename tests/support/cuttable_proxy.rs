//! A network between the server and its database that can break.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch::{self, Receiver},
};

/// How the line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Everything passes.
    Whole,
    /// Nobody listens, as where a database is stopped.
    Refusing,
    /// Somebody accepts and hangs up, as a load balancer without a database behind it.
    HangingUp,
    /// Nothing comes back, as behind a firewall that drops.
    Silent,
    /// What was open stays open and silent, and what is opened now reaches a server, as after a
    /// failover to another machine.
    FailedOver,
}

/// Passes connections on to a server until it is cut.
pub struct CuttableProxy {
    /// Where it listens.
    pub addr: SocketAddr,
    line: watch::Sender<Line>,
}

impl CuttableProxy {
    /// A whole line to `target`.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (line, seen) = watch::channel(Line::Whole);
        tokio::spawn(listen(listener, addr, target, seen));
        Self { addr, line }
    }

    /// Breaks or mends every connection, and what becomes of new ones.
    pub fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

async fn listen(first: TcpListener, addr: SocketAddr, target: String, mut line: Receiver<Line>) {
    let mut listener = Some(first);
    while line.has_changed().is_ok() {
        if *line.borrow_and_update() == Line::Refusing {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(addr).await.ok();
        }
        let Some(open) = &listener else {
            let _ = tokio::time::timeout(Duration::from_millis(20), line.changed()).await;
            continue;
        };
        tokio::select! {
            _ = line.changed() => {}
            Ok((client, _)) = open.accept() => drop(tokio::spawn(pass(client, target.clone(), line.clone()))),
        }
    }
}

async fn pass(mut client: TcpStream, target: String, mut line: Receiver<Line>) {
    let at_first = *line.borrow();
    if [Line::Whole, Line::FailedOver].contains(&at_first) {
        let Ok(mut server) = TcpStream::connect(target).await else {
            return;
        };
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => return,
            _ = line.wait_for(|line| *line != at_first) => {}
        }
    }
    // A silent line keeps its ends open until it is mended.
    let _ = line
        .wait_for(|line| ![Line::Silent, Line::FailedOver].contains(line))
        .await;
}
