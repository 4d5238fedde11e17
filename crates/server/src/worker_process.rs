//! A process that does jobs and serves nobody.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use mainstay_api::app::Routes;

use crate::{
    Context, ServerBuilder,
    backstage::{self, Backstage},
    listen,
    reload::Reload,
    schema,
    server::bind,
    shutdown::{self, Signals},
    telemetry,
};

/// A worker that does queued and scheduled jobs.
pub struct RunningWorker {
    /// Where those who run it find health, metrics and documentation, if `server.management_port`
    /// is set.
    pub management_addr: Option<SocketAddr>,
    backstage: Backstage,
}

impl ServerBuilder {
    /// Does jobs until a signal asks the process to stop: what `worker` does.
    ///
    /// # Errors
    /// A sentence about what did not work.
    pub async fn run_worker(self) -> anyhow::Result<()> {
        let telemetry = telemetry::begin(&self.config, &self.product)?;
        let mut signals = Signals::listen().context("signals cannot be listened to")?;
        let reload = Reload::listen(self.origin.clone(), telemetry.level());
        let reload = reload.context("SIGHUP cannot be listened to")?;
        let running = Box::pin(self.start_worker()).await?;
        let following = reload.map(|reload| reload.follow(running.context(), &running.backstage.services));
        let _following = following.transpose()?;
        let management = running.management_addr.map(|addr| format!("http://{addr}"));
        tracing::info!(management, "working");
        signals.next().await;
        tracing::info!("stopping: jobs under way may finish; a second signal ends at once");
        shutdown::unless_asked_again(running.stop(), signals).await
    }

    /// Starts a worker, whatever `jobs.in_process` says: it does what servers do behind their
    /// public port.
    ///
    /// # Errors
    /// A sentence about what did not work.
    pub async fn start_worker(self) -> anyhow::Result<RunningWorker> {
        let (mounts, job_sources) = (self.routes.clone(), self.job_sources.clone());
        // No thread answers requests that could have a share of the connections for itself.
        let options = schema::options(&self.config);
        let wired = Box::pin(self.ready(options)).await?;
        let jobs = backstage::jobs(&job_sources, &wired)?;
        let routes: Arc<[Routes]> = bind(mounts, &wired).into();
        let management = listen::management(&wired, routes)?;
        let backstage = Backstage::start(wired, jobs, management, true);
        Ok(RunningWorker {
            management_addr: backstage.management_addr(),
            backstage,
        })
    }
}

impl RunningWorker {
    /// What jobs stand on.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.backstage.context
    }

    /// Takes no further job, and gives those under way the shutdown timeout to finish.
    ///
    /// # Errors
    /// If the database does not let go.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.backstage.state.system.start_draining();
        self.backstage.stop(None).await
    }
}
