//! The thread that a test's server lives on.

use std::{net::SocketAddr, thread};

use mainstay_api::Services;
use mainstay_server::{Context, ServerBuilder};
use tokio::sync::oneshot;

/// A server on a thread of its own: it goes on while the test's thread is busy, and it is
/// stopped in order even when the test panics.
pub(super) struct Host {
    pub(super) addr: SocketAddr,
    pub(super) services: Services,
    pub(super) context: Context,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Host {
    pub(super) async fn start(server: ServerBuilder) -> Self {
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || serve(server, tell, stopped));
        let started = told.await.expect("the server's thread tells how it went");
        let (addr, services, context) = started.unwrap_or_else(|error| panic!("no server: {error}"));
        Self {
            addr,
            services,
            context,
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

type Started = Result<(SocketAddr, Services, Context), String>;

fn serve(server: ServerBuilder, tell: oneshot::Sender<Started>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let running = match server.start().await {
            Ok(running) => running,
            Err(error) => {
                let _ = tell.send(Err(format!("{error:#}")));
                return;
            }
        };
        let context = running.context().clone();
        let _ = tell.send(Ok((running.addr, running.services().clone(), context)));
        let _ = stopped.await;
        // What goes wrong at the end of a test is not what it is about.
        if let Err(error) = running.stop().await {
            eprintln!("a test's server did not stop in order: {error:#}");
        }
    });
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
