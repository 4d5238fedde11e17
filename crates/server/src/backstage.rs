//! What runs behind the public port, or without one: jobs, the management port, figures.

use std::{net::SocketAddr, time::Duration};

use mainstay_api::{Services, app::ApiState};
use tokio::task::JoinHandle;

use crate::{
    Context,
    builder::JobSource,
    housekeeping,
    jobs::{Job, Jobs, check},
    listen::Listening,
    redis::RedisTasks,
    telemetry,
    wiring::Wired,
    worker::Worker,
};

/// Other replicas notice by themselves within a second what they were not told.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// All jobs of a process: those that the builder was given, and Mainstay's own.
///
/// # Errors
/// If the database could not tell them apart.
pub(crate) fn jobs(sources: &[JobSource], wired: &Wired) -> anyhow::Result<Vec<Job>> {
    let jobs = sources
        .iter()
        .flat_map(|source| source(&wired.context))
        .chain(housekeeping::key_jobs(&wired.services))
        .chain(housekeeping::storage_jobs(&wired.services))
        .collect::<Vec<_>>();
    check(&jobs)?;
    Ok(jobs)
}

/// Everything of a process but its public port.
pub(crate) struct Backstage {
    pub(crate) context: Context,
    pub(crate) state: ApiState,
    pub(crate) services: Services,
    management: Option<Listening>,
    jobs: Jobs,
    worker: Option<Worker>,
    upkeep: JoinHandle<()>,
    redis: Option<RedisTasks>,
}

impl Backstage {
    /// Begins to work. What others may do as well is done only if this process `works`.
    pub(crate) fn start(wired: Wired, jobs: Vec<Job>, management: Option<Listening>, works: bool) -> Self {
        let config = wired.context.config.jobs.clone();
        let bell = wired.context.store.job_bell().clone();
        Self {
            management,
            jobs: Jobs::start(jobs, &wired.context, works),
            redis: wired.redis.as_ref().map(|redis| redis.start(&bell)),
            worker: works.then(|| Worker::start(wired.runner, bell, config)),
            upkeep: tokio::spawn(telemetry::upkeep(
                telemetry::init_metrics(),
                wired.context.sea.clone(),
                wired.remembered,
            )),
            context: wired.context,
            state: wired.state,
            services: wired.services,
        }
    }

    /// Where those who run the process find health, metrics and documentation.
    pub(crate) fn management_addr(&self) -> Option<SocketAddr> {
        self.management.as_ref().map(|management| management.addr)
    }

    /// Begins no further job, accepts no connection, lets what is under way end, and lets the
    /// database go. The management port tells how it goes until the end.
    pub(crate) async fn stop(self, http: Option<Listening>) -> anyhow::Result<()> {
        let patience = self.context.config.server.shutdown_timeout;
        let closing = async {
            if let Some(http) = &http {
                http.handle.stop(true).await;
            }
        };
        let worker = async {
            if let Some(worker) = self.worker {
                worker.stop(patience).await;
            }
        };
        tokio::join!(closing, self.jobs.stop(patience), worker);
        if let Some(management) = &self.management {
            management.handle.stop(true).await;
        }
        if let Some(redis) = self.redis {
            redis.stop(LAST_WORDS.min(patience)).await;
        }
        self.upkeep.abort();
        let end = async {
            if let Some(http) = http {
                http.task.await??;
            }
            Ok(self.context.sea.close().await?)
        };
        // A database that does not let go must not keep the process from ending in time.
        tokio::time::timeout(patience, end)
            .await
            .unwrap_or_else(|_| Err(anyhow::anyhow!("the database did not let go in time")))
    }
}
