//! Starting, running and stopping.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use mainstay_api::{
    Services,
    app::{ApiState, Routes},
    system::ServiceInfo,
};
use tokio::task::JoinHandle;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Context, ServerBuilder, banner,
    builder::Mount,
    config::{Config, ServerConfig},
    first_admin, housekeeping,
    jobs::Jobs,
    listen::{self, Listening},
    schema, shutdown, telemetry,
    wiring::{Wired, wire},
    worker::Worker,
};

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
    /// Where those who run the server find health, metrics and documentation, if that is a port
    /// of its own.
    pub management_addr: Option<SocketAddr>,
    context: Context,
    state: ApiState,
    services: Services,
    http: Listening,
    management: Option<Listening>,
    jobs: Jobs,
    worker: Option<Worker>,
    upkeep: JoinHandle<()>,
}

impl ServerBuilder {
    /// Runs until a signal asks the process to stop: what `serve` does.
    ///
    /// # Errors
    /// A sentence about what did not work.
    pub async fn run(self) -> anyhow::Result<()> {
        let config = &self.config;
        let logs = telemetry::init_logs(&config.log, &config.ship, config.environment)?;
        telemetry::log_panics();
        let signals = shutdown::Signals::listen().context("signals cannot be listened to")?;
        if let Some(level) = logs.level() {
            telemetry::follow_signal(level).context("signals cannot be listened to")?;
        }
        let running = self.start().await?;
        banner::print(&running);
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
        wired.services.signing_keys.prepare().await?;
        let routes = bind(mounts, &wired);
        let jobs = job_sources
            .iter()
            .flat_map(|source| source(&wired.context))
            .chain(housekeeping::key_jobs(&wired.services))
            .chain(housekeeping::storage_jobs(&wired.services))
            .collect();
        let routes: Arc<[Routes]> = routes.into();
        let http = listen::public(&wired, Arc::clone(&routes))?;
        let management = match listen::management(&wired, routes) {
            Ok(management) => management,
            Err(error) => {
                http.handle.stop(false).await;
                return Err(error);
            }
        };
        let config = wired.context.config.jobs.clone();
        let bell = wired.context.store.job_bell().clone();
        let works = config.in_process;
        Ok(RunningServer {
            addr: http.addr,
            management_addr: management.as_ref().map(|management| management.addr),
            http,
            management,
            jobs: Jobs::start(jobs, &wired.context),
            worker: works.then(|| Worker::start(wired.runner, bell, config)),
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
        if let Some(defect) = self.defect {
            return Err(defect.into());
        }
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

    pub(crate) fn info(&self) -> &ServiceInfo {
        &self.state.system.info
    }

    /// The use cases behind Mainstay's own routes.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Stops in order: readiness answers 503 for a moment, so that load balancers look
    /// elsewhere, then no connection is accepted any more, and requests and jobs under way get
    /// the shutdown timeout to finish. The management port tells how it goes until the end.
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
        let worker = async {
            if let Some(worker) = self.worker {
                worker.stop(shutdown_timeout).await;
            }
        };
        tokio::join!(
            self.http.handle.stop(true),
            self.jobs.stop(shutdown_timeout),
            worker
        );
        if let Some(management) = &self.management {
            management.handle.stop(true).await;
        }
        self.upkeep.abort();
        let end = async {
            self.http.task.await??;
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
            ended = &mut self.http.task => return Ok(ended??),
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
