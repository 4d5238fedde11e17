//! Starting, running and stopping.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use actix_web::{
    HttpServer,
    dev::{Server as HttpFuture, ServerHandle},
};
use anyhow::Context as _;
use mainstay_api::{
    Services,
    app::{ApiState, Routes, build_app},
};
use tokio::task::JoinHandle;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Context, ServerBuilder, banner,
    builder::Mount,
    config::{Config, ServerConfig},
    first_admin,
    jobs::Jobs,
    schema, shutdown, telemetry,
    wiring::{Wired, wire},
};

/// A connection that a proxy keeps open must not be closed here first: common proxies let go
/// after 60 seconds.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// The Mainstay server.
///
/// ```no_run
/// # async fn example(config: mainstay_server::config::Config) -> anyhow::Result<()> {
/// mainstay_server::Server::builder(config).run().await
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Server;

impl Server {
    /// Begins to put a server together.
    #[must_use]
    pub fn builder(config: Config) -> ServerBuilder {
        ServerBuilder::new(config)
    }
}

/// A server that answers requests.
pub struct RunningServer {
    /// Where it listens.
    pub addr: SocketAddr,
    context: Context,
    state: ApiState,
    services: Services,
    handle: ServerHandle,
    http: JoinHandle<io::Result<()>>,
    jobs: Jobs,
    upkeep: JoinHandle<()>,
}

impl ServerBuilder {
    /// Runs until a signal asks the process to stop: what `serve` does.
    ///
    /// # Errors
    /// A sentence about what did not work.
    pub async fn run(self) -> anyhow::Result<()> {
        let config = &self.config;
        let _logs = telemetry::init_logs(&config.log, config.environment)?;
        let signals = shutdown::Signals::listen().context("signals cannot be listened to")?;
        let running = self.start().await?;
        banner::print(&running.state.system.info, &running.context.config, running.addr);
        first_admin::offer(&running.context.config, &running.services.auth, running.addr).await;
        running.run_until(signals).await
    }

    /// Starts the server and returns as soon as it answers. Port 0 takes any that is free.
    ///
    /// # Errors
    /// A sentence about what did not work.
    pub async fn start(self) -> anyhow::Result<RunningServer> {
        let (mounts, job_sources) = (self.routes.clone(), self.job_sources.clone());
        let wired = self.wire().await?;
        let routes = bind(mounts, &wired);
        let jobs = job_sources
            .iter()
            .flat_map(|source| source(&wired.context))
            .collect();
        let (http, addr) = listen(&wired, routes)?;
        Ok(RunningServer {
            addr,
            handle: http.handle(),
            http: tokio::spawn(http),
            jobs: Jobs::start(jobs, &wired.context),
            upkeep: tokio::spawn(telemetry::upkeep(telemetry::init_metrics())),
            context: wired.context,
            state: wired.state,
            services: wired.services,
        })
    }
}

impl ServerBuilder {
    /// Everything behind the routes, over a database that is ready, without a server.
    pub(crate) async fn wire(self) -> anyhow::Result<Wired> {
        let sea = schema::connect(&schema::options(&self.config)).await?;
        schema::prepare(&sea, &self.config, &self.steps()).await?;
        wire(self, sea)
    }
}

/// Mainstay's own routes and the product's, through the same door.
pub(crate) fn bind(product: Vec<Mount>, wired: &Wired) -> Vec<Routes> {
    let with_context = |mount: Mount| -> Routes {
        let context = wired.context.clone();
        Arc::new(move |config: &mut ServiceConfig<'_>| mount(config, &context))
    };
    let own = wired.services.clone().routes();
    std::iter::once(own)
        .chain(product.into_iter().map(with_context))
        .collect()
}

impl RunningServer {
    /// What routes and jobs stand on.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The use cases behind Mainstay's own routes.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Stops in order: readiness answers 503 for a moment, so that load balancers look
    /// elsewhere, then no connection is accepted any more, and requests and jobs under way get
    /// the shutdown timeout to finish.
    ///
    /// # Errors
    /// If the HTTP server had broken down, or the database does not let go.
    pub async fn stop(self) -> anyhow::Result<()> {
        let ServerConfig {
            drain_pause,
            shutdown_timeout,
            ..
        } = self.context.config.server;
        self.state.system.start_draining();
        tokio::time::sleep(drain_pause).await;
        tokio::join!(self.handle.stop(true), self.jobs.stop(shutdown_timeout));
        self.upkeep.abort();
        let end = async {
            self.http.await??;
            Ok(self.context.sea.close().await?)
        };
        // A database that does not let go must not keep the process from ending in time.
        tokio::time::timeout(shutdown_timeout, end)
            .await
            .unwrap_or_else(|_| Err(anyhow::anyhow!("the database did not let go in time")))
    }

    async fn run_until(mut self, mut signals: shutdown::Signals) -> anyhow::Result<()> {
        tokio::select! {
            () = signals.next() => {}
            // It ends by itself only if something is broken.
            ended = &mut self.http => return Ok(ended??),
        }
        tracing::info!("stopping: requests under way may finish; a second signal ends at once");
        tokio::select! {
            stopped = self.stop() => stopped.inspect(|()| tracing::info!("stopped in order")),
            () = signals.next() => {
                tracing::warn!("stopped at once");
                Ok(())
            }
        }
    }
}

fn listen(wired: &Wired, routes: Vec<Routes>) -> anyhow::Result<(HttpFuture, SocketAddr)> {
    let server = &wired.context.config.server;
    let (settings, state) = (wired.settings.clone(), wired.state.clone());
    let routes: Arc<[Routes]> = routes.into();
    let sea = wired.context.sea.clone();
    let workers_app = move || {
        // Runs once on the thread of each worker.
        sea.settle();
        build_app(&settings, &state, &routes)
    };
    let mut http = HttpServer::new(workers_app)
        .disable_signals()
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(whole_seconds(server.shutdown_timeout));
    if server.workers > 0 {
        http = http.workers(server.workers);
    }
    let host = server.host.trim_start_matches('[').trim_end_matches(']');
    let http = http
        .bind((host, server.port))
        .with_context(|| format!("cannot listen on {host}:{}", server.port))?;
    let addr = http.addrs().first().copied();
    let addr = addr.with_context(|| format!("{host} is no address of this machine"))?;
    Ok((http.run(), addr))
}

/// Rounded up: half a second must not become none.
fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}
