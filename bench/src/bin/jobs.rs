//! No-op jobs a second of one worker process, on `DATABASE_URL`, with `JOBS` of them in the queue
//! when it begins. Until the last one is written down as done.
#![allow(clippy::print_stdout, reason = "it is a program for scripts")]

use std::{
    env,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use mainstay_server::{
    Context, Server, ServerBuilder,
    config::{Config, Sources},
    domain::{Job, JobId, JobKind, JobPriority, NewJob},
    services::jobs::{JobError, JobHandler},
};

const NOTHING: JobKind = JobKind::new("bench.nothing");
/// Jobs written down in one unit of work.
const UNIT: u64 = 500;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let jobs = env::var("JOBS")?.parse()?;
    // Without a handler, so that nobody takes any yet.
    let filling = builder()?.start_worker().await?;
    fill(filling.context(), jobs).await?;
    filling.stop().await?;

    let done = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&done);
    let working = builder()?.job_handlers(move |_| vec![Arc::new(Nothing(Arc::clone(&counter)))]);
    let working = working.start_worker().await?;
    let begun = Instant::now();
    while done.load(Ordering::Relaxed) < jobs {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    working.stop().await?;
    let seconds = u32::try_from(begun.elapsed().as_micros())?;
    println!(
        "{:.1}",
        f64::from(u32::try_from(jobs)?) / (f64::from(seconds) / 1e6)
    );
    Ok(())
}

fn builder() -> Result<ServerBuilder, Box<dyn Error>> {
    let sources = Sources::none()
        .variable("DATABASE_URL", &env::var("DATABASE_URL")?)
        .variable("SECRET_KEY", "a key for benchmarks, which guards nothing at all")
        .variable("MAINSTAY_STORAGE__BACKEND", "memory")
        .variable("MAINSTAY_MAIL__TRANSPORT", "off");
    Ok(Server::builder(Config::load(&sources)?))
}

async fn fill(context: &Context, jobs: u64) -> Result<(), Box<dyn Error>> {
    for unit in 0..jobs.div_ceil(UNIT) {
        let work = context.store.begin().await?;
        for _ in 0..UNIT.min(jobs - unit * UNIT) {
            let now = context.clock.now();
            let job = NewJob {
                id: JobId(context.entropy.id(now)),
                kind: NOTHING,
                payload: "{}".to_owned(),
                key: None,
                priority: JobPriority::Normal,
                run_at: now,
                max_attempts: 1,
                request_id: None,
                created_at: now,
            };
            work.jobs().enqueue(&job).await?;
        }
        work.commit().await?;
    }
    Ok(())
}

/// Does nothing, and counts it.
struct Nothing(Arc<AtomicU64>);

#[async_trait]
impl JobHandler for Nothing {
    fn kind(&self) -> JobKind {
        NOTHING
    }

    async fn run(&self, _: &Job) -> Result<(), JobError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
