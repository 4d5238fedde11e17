//! The service of one worker: from an accepted connection to the application.

use std::{
    fmt,
    future::{Future, ready},
    io,
    net::SocketAddr,
    rc::Rc,
    time::Duration,
};

use actix_http::{HttpService, Request, Response, error::DispatchError};
use actix_server::GracefulShutdownSignal;
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, apply_fn_factory, fn_service,
    map_config,
};
use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::AppConfig,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsAcceptor;

use super::{
    Refusals, WireStream,
    body::WatchedBody,
    conversation::{Conversation, UnderWay},
    stream::Octets,
};

/// How long a client that should hang up may take to do so.
const DISCONNECT: Duration = Duration::from_secs(1);

/// What connections are kept for, and how long.
#[derive(Clone)]
pub struct Keeping {
    /// How long a connection without a request is kept open.
    pub keep_alive: Duration,
    /// How long the head of the first request may take to arrive.
    pub head_timeout: Duration,
    /// Tells that the server is stopping.
    pub stopping: GracefulShutdownSignal,
    /// Where the server listens.
    pub addr: SocketAddr,
}

/// HTTP/1.1 over TCP. `app` is asked once, `refusals` answer what is no HTTP.
pub fn http1<I, S, B>(
    keeping: Keeping,
    refusals: Refusals,
    app: I,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    S::Future: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    http1_over(|io| ready(Ok(io)), keeping, refusals, app)
}

/// HTTP/1.1 over TLS over TCP.
pub fn https1<I, S, B>(
    tls: TlsAcceptor,
    keeping: Keeping,
    refusals: Refusals,
    app: I,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    S::Future: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let patience = keeping.head_timeout;
    let shake_hands = move |io| {
        let shaking = tls.accept(io);
        async move { timeout(patience, shaking).await? }
    };
    http1_over(shake_hands, keeping, refusals, app)
}

/// HTTP/1.1 over what `accept` makes of a connection.
fn http1_over<A, F, IO, I, S, B>(
    accept: A,
    keeping: Keeping,
    refusals: Refusals,
    app: I,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    A: Fn(TcpStream) -> F + Clone + 'static,
    F: Future<Output = io::Result<IO>> + 'static,
    IO: Octets,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    S::Future: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let app = app.into_factory().map_err(|error| error.into().error_response());
    let app = map_config(app, |()| AppConfig::default());
    let watched = apply_fn_factory(app, |request: Request, app: &_| {
        let answer = request.conn_data::<Rc<Conversation>>().map(Conversation::begin);
        watch(Service::call(app, request), answer)
    });
    let (stopping, head_timeout) = (keeping.stopping, keeping.head_timeout);
    let http = HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .keep_alive(keeping.keep_alive)
        .client_request_timeout(head_timeout)
        .client_disconnect_timeout(DISCONNECT)
        .local_addr(keeping.addr)
        .on_connect_ext(|stream: &WireStream<IO>, data| {
            data.insert(stream.conversation());
        })
        .h1(watched);
    let refusals = Rc::new(refusals);
    fn_service(move |io: TcpStream| {
        let (refusals, peer) = (Rc::clone(&refusals), io.peer_addr().ok());
        let accepted = accept(io);
        async move {
            let io = accepted.await.map_err(DispatchError::Io)?;
            Ok((WireStream::new(io, peer, refusals, head_timeout), peer))
        }
    })
    .and_then(http)
}

/// Keeps an answer marked as under way until the last octet of its body is in the buffer.
async fn watch<R, B>(
    answer: impl Future<Output = Result<R, HttpResponse<BoxBody>>>,
    guard: Option<UnderWay>,
) -> Result<Response<WatchedBody<EitherBody<B>>>, HttpResponse<BoxBody>>
where
    R: Into<Response<B>>,
{
    let response = match answer.await {
        Ok(response) => response.into().map_body(|_, body| EitherBody::left(body)),
        Err(error) => Response::from(error).map_body(|_, body| EitherBody::right(body)),
    };
    Ok(response.map_body(|_, body| WatchedBody::new(body, guard)))
}
