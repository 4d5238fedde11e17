//! Work that is done again and again while the server runs.

use std::{error::Error, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet, time::sleep};
use tracing::Instrument;

use crate::Context;

/// Jobs begin within this time after the start, each at a moment of its own, so that they
/// neither slow the start down nor meet each other on all replicas.
const SETTLING: Duration = Duration::from_secs(60);

/// What a job returns.
pub type JobResult = Result<(), Box<dyn Error + Send + Sync>>;

type Run = Arc<dyn Fn(Context) -> Pin<Box<dyn Future<Output = JobResult> + Send>> + Send + Sync>;

/// Work that is done again and again, on every replica: it must bear being done twice.
#[derive(Clone)]
pub struct Job {
    /// What it is called in log lines and figures.
    pub name: &'static str,
    /// How long to rest after each run.
    pub every: Duration,
    run: Run,
}

impl Job {
    /// A job, e.g. `Job::new("purge_notes", Duration::from_secs(3600), |context| async move { … })`.
    pub fn new<F, R>(name: &'static str, every: Duration, run: F) -> Self
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output = JobResult> + Send + 'static,
    {
        Self {
            name,
            every,
            run: Arc::new(move |context| Box::pin(run(context))),
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("name", &self.name)
            .field("every", &self.every)
            .finish_non_exhaustive()
    }
}

/// Jobs under way.
pub(crate) struct Jobs {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Jobs {
    pub(crate) fn start(jobs: Vec<Job>, context: &Context) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for job in jobs {
            tasks.spawn(repeat(job, context.clone(), stopped.clone()));
        }
        Self { stop, tasks }
    }

    /// Begins no further run and lets those under way finish, for `patience` at most.
    pub(crate) async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, finished).await.is_err() {
            tracing::warn!("a job did not finish in time and was broken off");
        }
    }
}

async fn repeat(job: Job, context: Context, mut stopped: watch::Receiver<bool>) {
    let mut rest = job.every.min(SETTLING).mul_f64(chance(&context));
    loop {
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = sleep(rest) => {}
        }
        rest = job.every;
        run_once(&job, context.clone()).await;
    }
}

/// A number from 0 to 1.
fn chance(context: &Context) -> f64 {
    let [first, ..] = context.entropy.secret();
    f64::from(first) / f64::from(u8::MAX)
}

/// In a task of its own, so that a panic ends one run and not the job.
async fn run_once(job: &Job, context: Context) {
    let span = tracing::info_span!("job", name = job.name);
    let run = tokio::spawn((job.run)(context).instrument(span));
    let outcome = match run.await {
        Ok(Ok(())) => "ok",
        Ok(Err(error)) => {
            tracing::warn!(job = job.name, error = %error, "a job failed and will be tried again");
            "failed"
        }
        Err(error) => {
            tracing::error!(job = job.name, error = %error, "a job broke off");
            "panicked"
        }
    };
    metrics::counter!("mainstay_job_runs_total", "job" => job.name, "outcome" => outcome).increment(1);
}
