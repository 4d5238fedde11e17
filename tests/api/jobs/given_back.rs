//! Jobs that a worker has taken ahead, and cannot begin.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mainstay_server::{
    RunningWorker, ServerBuilder,
    config::{Config, Sources},
    domain::{Job, JobId, JobKind, JobPriority, JobQuery, JobStatus, NewJob},
    services::jobs::{JobError, JobHandler},
};
use mainstay_testkit::TestDatabase;
use tokio::sync::{Notify, Semaphore};

/// However slow the machine is today.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: JobKind = JobKind::new("test.step");
const SLOW: &str = "slow";
/// So many quick jobs make a worker take ahead, unless the machine is slow.
const BEFORE: i64 = 60;
const AFTER: i64 = 30;

/// Does quick jobs at once, and tells that it is at the slow one, which ends when it may.
struct Steps {
    at_slow: Notify,
    may_end: Semaphore,
}

#[async_trait]
impl JobHandler for Steps {
    fn kind(&self) -> JobKind {
        STEP
    }

    async fn run(&self, job: &Job) -> Result<(), JobError> {
        if job.payload == SLOW {
            self.at_slow.notify_one();
            let _end = self.may_end.acquire().await;
        }
        Ok(())
    }
}

/// One job at once, so that the others wait for the slow one.
fn builder(url: &str, steps: Option<&Arc<Steps>>) -> ServerBuilder {
    let sources = Sources::none()
        .variable("DATABASE_URL", url)
        .variable("MAINSTAY_JOBS__CONCURRENCY", "1")
        .variable("MAINSTAY_SERVER__SHUTDOWN_TIMEOUT", "5m")
        .variable("MAINSTAY_MAIL__TRANSPORT", "off")
        .variable("MAINSTAY_STORAGE__BACKEND", "memory")
        .variable("SECRET_KEY", "only for tests: thirty-two bytes and then some");
    let steps = steps.cloned();
    ServerBuilder::new(Config::load(&sources).unwrap()).job_handlers(move |_| {
        steps
            .iter()
            .map(|steps| Arc::clone(steps) as Arc<dyn JobHandler>)
            .collect()
    })
}

async fn fill(worker: &RunningWorker) {
    let context = worker.context();
    let unit = context.store.begin().await.unwrap();
    let now = context.clock.now();
    for number in 0..BEFORE + AFTER {
        let payload = if number == BEFORE { SLOW } else { "quick" };
        let job = NewJob {
            id: JobId(context.entropy.id(now)),
            kind: STEP,
            payload: payload.to_owned(),
            key: None,
            priority: JobPriority::Normal,
            run_at: now - Duration::from_millis((BEFORE + AFTER - number).unsigned_abs()),
            max_attempts: 1,
            request_id: None,
            created_at: now,
        };
        unit.jobs().enqueue(&job).await.unwrap();
    }
    unit.commit().await.unwrap();
}

/// Until all but so many are done; tells the others.
async fn until_left(worker: &RunningWorker, left: usize) -> Vec<Job> {
    let mut query = JobQuery {
        kind: Some(STEP),
        ..JobQuery::default()
    };
    query.page.limit = 100;
    let looking = async {
        loop {
            let jobs = worker.context().store.read().jobs().list(&query).await;
            let mut jobs = jobs.unwrap().items;
            jobs.retain(|job| job.status != JobStatus::Done);
            if jobs.len() == left {
                break jobs;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking)
        .await
        .expect("jobs are left that nobody does")
}

/// A worker at the slow job, with whatever it has taken ahead, and a second that has just come.
async fn held_up(url: &str, stops: bool) {
    let steps = Arc::new(Steps {
        at_slow: Notify::new(),
        may_end: Semaphore::new(0),
    });
    let filling = builder(url, None).start_worker().await.unwrap();
    fill(&filling).await;
    filling.stop().await.unwrap();
    let first = builder(url, Some(&steps)).start_worker().await.unwrap();
    tokio::time::timeout(PATIENCE, steps.at_slow.notified())
        .await
        .unwrap();
    let second = builder(url, Some(&steps)).start_worker().await.unwrap();
    let (stopping, first) = if stops {
        (Some(tokio::task::spawn_local(first.stop())), None)
    } else {
        (None, Some(first))
    };
    let left = until_left(&second, 1).await;
    assert_eq!((left[0].status, left[0].attempts), (JobStatus::Running, 1));
    steps.may_end.close();
    until_left(&second, 0).await;
    if let Some(stopping) = stopping {
        stopping.await.unwrap().unwrap();
    }
    if let Some(first) = first {
        first.stop().await.unwrap();
    }
    second.stop().await.unwrap();
}

/// On each kind of database.
async fn on_each(stops: bool) {
    for database in [TestDatabase::Sqlite, TestDatabase::Postgres, TestDatabase::MySql] {
        if let Some(database) = database.create().await {
            let local = tokio::task::LocalSet::new();
            local.run_until(held_up(database.url(), stops)).await;
        }
    }
}

#[tokio::test]
async fn jobs_that_wait_behind_a_slow_one_are_given_to_another_worker() {
    on_each(false).await;
}

#[tokio::test]
async fn a_worker_that_is_asked_to_end_gives_back_what_it_has_not_begun() {
    on_each(true).await;
}
