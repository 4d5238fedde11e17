//! Starting, running and stopping.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use mainstay_api::{Services, app::Routes, system::ServiceInfo};
use mainstay_repositories::sea::SeaOptions;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Context, ServerBuilder,
    backstage::{self, Backstage},
    banner,
    builder::Mount,
    config::Config,
    first_admin,
    listen::{self, Listening},
    reload::Reload,
    schema,
    shutdown::{self, Signals},
    telemetry,
    wiring::{Wired, wire},
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
    /// Where plain HTTP is sent on to HTTPS, if it is.
    pub redirect_addr: Option<SocketAddr>,
    http: Listening,
    redirect: Option<Listening>,
    backstage: Backstage,
}

impl ServerBuilder {
    /// Runs until a signal asks the process to stop: what `serve` does.
    ///
    /// # Errors
    /// A sentence about what did not work.
    pub async fn run(self) -> anyhow::Result<()> {
        let telemetry = telemetry::begin(&self.config, &self.product)?;
        let signals = Signals::listen().context("signals cannot be listened to")?;
        let reload = Reload::listen(self.origin.clone(), telemetry.level());
        let reload = reload.context("SIGHUP cannot be listened to")?;
        let running = Box::pin(self.start()).await?;
        let following = reload.map(|reload| reload.follow(running.context(), running.services()));
        let _following = following.transpose()?;
        banner::print(&running);
        first_admin::offer(&running.context().config, &running.services().auth, running.addr).await;
        running.run_until(signals).await
    }

    /// Starts the server and returns as soon as it answers. Port 0 takes any that is free.
    ///
    /// # Errors
    /// A sentence about what did not work.
    pub async fn start(self) -> anyhow::Result<RunningServer> {
        let (mounts, job_sources) = (self.routes.clone(), self.job_sources.clone());
        let options = schema::serving_options(&self.config);
        // Boxed: what is in it is so deep that the compiler would refuse to nest it in a product's `main`.
        let wired = Box::pin(self.ready(options)).await?;
        let jobs = backstage::jobs(&job_sources, &wired)?;
        let routes: Arc<[Routes]> = bind(mounts, &wired).into();
        let http = listen::public(&wired, Arc::clone(&routes)).await?;
        let others = listen::redirect(&wired, &http)
            .and_then(|redirect| Ok((redirect, listen::management(&wired, routes)?)));
        let (redirect, management) = match others {
            Ok(others) => others,
            Err(error) => {
                http.handle.stop(false).await;
                return Err(error);
            }
        };
        let works = wired.context.config.jobs.in_process;
        let backstage = Backstage::start(wired, jobs, management, works);
        Ok(RunningServer {
            addr: http.addr,
            management_addr: backstage.management_addr(),
            redirect_addr: redirect.as_ref().map(|redirect| redirect.addr),
            http,
            redirect,
            backstage,
        })
    }
}

impl ServerBuilder {
    /// Everything behind the routes, over a database that is ready, without a server.
    pub(crate) async fn wire(self) -> anyhow::Result<Wired> {
        let options = schema::options(&self.config);
        self.wire_over(options).await
    }

    async fn wire_over(self, options: SeaOptions) -> anyhow::Result<Wired> {
        if let Some(defect) = self.defect {
            return Err(defect.into());
        }
        // Boxed: what is in them is so deep that the compiler refuses to nest it in release builds.
        let sea = Box::pin(schema::connect(&options)).await?;
        Box::pin(schema::prepare(&sea, &self.config, &self.steps())).await?;
        wire(self, sea)
    }

    /// The same with keys to sign with, over such connections.
    pub(crate) async fn ready(self, options: SeaOptions) -> anyhow::Result<Wired> {
        let wired = self.wire_over(options).await?;
        wired.services.signing_keys.prepare().await?;
        Ok(wired)
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
        &self.backstage.context
    }

    pub(crate) fn info(&self) -> &ServiceInfo {
        &self.backstage.state.system.info
    }

    /// The use cases behind Mainstay's own routes.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.backstage.services
    }

    /// Stops in order: readiness answers 503 for a moment, so that load balancers look
    /// elsewhere, then no connection is accepted any more, and requests and jobs under way get
    /// the shutdown timeout to finish. The management port tells how it goes until the end.
    ///
    /// # Errors
    /// If the HTTP server had broken down, or the database does not let go.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.backstage.state.system.start_draining();
        tokio::time::sleep(self.context().config.server.drain_pause).await;
        if let Some(redirect) = self.redirect {
            redirect.handle.stop(true).await;
        }
        self.backstage.stop(Some(self.http)).await
    }

    async fn run_until(mut self, mut signals: Signals) -> anyhow::Result<()> {
        tokio::select! {
            () = signals.next() => {}
            // It ends by itself only if something is broken.
            ended = &mut self.http.task => return Ok(ended??),
        }
        tracing::info!("stopping: requests under way may finish; a second signal ends at once");
        shutdown::unless_asked_again(self.stop(), signals).await
    }
}
