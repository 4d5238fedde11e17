//! Listening for HTTP: the public port, and the one for those who run the server.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use actix_server::{Server, ServerHandle};
use actix_service::ServiceFactory;
use anyhow::Context as _;
use mainstay_api::{
    app::{Routes, build_app, build_management_app},
    redirect::build_redirect_app,
    wire::{Keeping, Refusals, http1, https1},
};
use tokio::{
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
};

use crate::{tls::Tls, wiring::Wired};

/// A connection that a proxy keeps open must not be closed here first: common proxies let go
/// after 60 seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long the head of the first request on a connection may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;
/// The management port is asked for little, and waits no longer for anybody at the end.
const MANAGEMENT_PATIENCE: Duration = Duration::from_secs(1);

/// A port that is listened on.
pub(crate) struct Listening {
    /// The first address.
    pub(crate) addr: SocketAddr,
    /// Stops it.
    pub(crate) handle: ServerHandle,
    /// Ends when it has stopped, or is broken.
    pub(crate) task: JoinHandle<io::Result<()>>,
    /// What it speaks HTTPS with.
    _tls: Option<Tls>,
}

struct Place<'a> {
    host: &'a str,
    port: u16,
    /// Threads; 0 is one a core.
    workers: usize,
    /// How long requests may take to finish at the end.
    patience: Duration,
}

/// Serves the application to everybody.
pub(crate) async fn public(wired: &Wired, routes: Arc<[Routes]>) -> anyhow::Result<Listening> {
    let server = &wired.context.config.server;
    let place = Place {
        host: &server.host,
        port: server.port,
        workers: server.workers,
        patience: server.shutdown_timeout,
    };
    let (settings, state) = (wired.settings.clone(), wired.state.clone());
    let sea = wired.context.sea.clone();
    let app = move || {
        // Runs once on the thread of each worker.
        sea.settle();
        (Refusals::new(&settings), build_app(&settings, &state, &routes))
    };
    let Some(tls) = Tls::configured(server).await? else {
        return listen(&place, move |keeping| {
            let (refusals, app) = app();
            http1(keeping, refusals, app)
        });
    };
    let acceptor = tls.acceptor.clone();
    let listening = listen(&place, move |keeping| {
        let (refusals, app) = app();
        https1(acceptor.clone(), keeping, refusals, app)
    })?;
    Ok(Listening {
        _tls: Some(tls),
        ..listening
    })
}

/// Sends plain HTTP on to the public URL, if that is wanted. One thread is enough.
pub(crate) fn redirect(wired: &Wired, public: &Listening) -> anyhow::Result<Option<Listening>> {
    let server = &wired.context.config.server;
    let Some(port) = server.https_redirect_port else {
        return Ok(None);
    };
    let place = Place {
        host: &server.host,
        port,
        workers: 1,
        patience: MANAGEMENT_PATIENCE,
    };
    let settings = wired.settings.clone();
    let url = server.public_url(public.addr.port());
    let listening = listen(&place, move |keeping| {
        let app = build_redirect_app(&settings, &url);
        http1(keeping, Refusals::new(&settings), app)
    })?;
    Ok(Some(listening))
}

/// Serves health, metrics and documentation to those who run the server, if they want a port
/// for themselves. One thread is enough.
pub(crate) fn management(wired: &Wired, routes: Arc<[Routes]>) -> anyhow::Result<Option<Listening>> {
    let server = &wired.context.config.server;
    let Some(port) = server.management_port else {
        return Ok(None);
    };
    let place = Place {
        host: &server.management_host,
        port,
        workers: 1,
        patience: MANAGEMENT_PATIENCE,
    };
    let (settings, state) = (wired.settings.clone(), wired.state.clone());
    let sea = wired.context.sea.clone();
    let listening = listen(&place, move |keeping| {
        sea.settle();
        let app = build_management_app(&settings, &state, &routes);
        http1(keeping, Refusals::new(&settings), app)
    })?;
    Ok(Some(listening))
}

fn listen<F, S>(place: &Place<'_>, service: F) -> anyhow::Result<Listening>
where
    F: Fn(Keeping) -> S + Send + Clone + 'static,
    S: ServiceFactory<TcpStream, Config = ()> + 'static,
{
    let host = place.host.trim_start_matches('[').trim_end_matches(']');
    let listeners =
        bind(host, place.port).with_context(|| format!("cannot listen on {host}:{}", place.port))?;
    let mut server = Server::build()
        .disable_signals()
        .shutdown_timeout(whole_seconds(place.patience));
    if place.workers > 0 {
        server = server.workers(place.workers);
    }
    let mut first = None;
    for listener in listeners {
        let addr = listener.local_addr()?;
        let keeping = Keeping {
            keep_alive: KEEP_ALIVE,
            head_timeout: HEAD_TIMEOUT,
            stopping: server.graceful_shutdown_signal(),
            addr,
        };
        let service = service.clone();
        server = server.listen("http", listener, move || service(keeping.clone()))?;
        first = first.or(Some(addr));
    }
    let addr = first.with_context(|| format!("{host} is no address of this machine"))?;
    let server = server.run();
    Ok(Listening {
        addr,
        handle: server.handle(),
        task: tokio::spawn(server),
        _tls: None,
    })
}

/// Every address of the name that can be listened on; an error only if there is none.
fn bind(host: &str, port: u16) -> io::Result<Vec<std::net::TcpListener>> {
    let mut listeners = Vec::new();
    let mut refusal = None;
    for addr in (host, port).to_socket_addrs()? {
        match bind_one(addr) {
            Ok(listener) => listeners.push(listener),
            Err(error) => refusal = Some(error),
        }
    }
    match refusal {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(listeners),
    }
}

fn bind_one(addr: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }?;
    // Elsewhere than on Unix this would let two processes share the port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Rounded up: half a second must not become none.
fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}
