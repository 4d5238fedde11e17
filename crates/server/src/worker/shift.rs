//! Taking queued jobs and doing them while the server runs.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use mainstay_domain::Job;
use mainstay_repositories::JobBell;
use mainstay_services::jobs::JobRunner;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep_until, timeout},
};

use super::{
    pace::Pace,
    record::{Done, MOST, record_done},
    run::run,
};
use crate::config::JobsConfig;

/// Takes queued jobs and does them, some at once.
pub(crate) struct Worker {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Worker {
    pub(crate) fn start(runner: JobRunner, bell: JobBell, config: JobsConfig) -> Self {
        let (stop, stopped) = watch::channel(false);
        let shift = Shift {
            runner: Arc::new(runner),
            bell,
            config,
            pace: Pace::unknown(),
            waiting: VecDeque::new(),
            under_way: JoinSet::new(),
            dry: false,
        };
        let task = tokio::spawn(shift.work(stopped));
        Self { stop, task }
    }

    /// Takes no further job and lets those that were taken finish, for `patience` at most. Jobs
    /// that are broken off are taken again when their lease has run out.
    pub(crate) async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        if timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
            tracing::warn!("a queued job did not finish in time and was broken off");
        }
    }
}

struct Shift {
    runner: Arc<JobRunner>,
    bell: JobBell,
    config: JobsConfig,
    pace: Pace,
    /// Jobs that were taken, and when.
    waiting: VecDeque<(Job, Instant)>,
    under_way: JoinSet<Duration>,
    /// Whether the last take found less than there was room for.
    dry: bool,
}

impl Shift {
    async fn work(mut self, mut stopped: watch::Receiver<bool>) {
        let (done, to_record) = mpsc::channel(MOST);
        let recording = tokio::spawn(record_done(Arc::clone(&self.runner), to_record));
        let mut next_look = Instant::now();
        loop {
            self.take().await;
            self.begin(&done);
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(ended) = self.under_way.join_next() => self.note(ended.ok()),
                () = self.bell.heard(), if self.has_room() => self.dry = false,
                () = sleep_until(next_look), if self.has_room() => {
                    self.dry = false;
                    next_look = Instant::now() + self.config.poll_interval;
                }
            }
        }
        self.begin(&done);
        while let Some(ended) = self.under_way.join_next().await {
            self.note(ended.ok());
            self.begin(&done);
        }
        drop(done);
        if recording.await.is_err() {
            tracing::error!("the end of some jobs was not written down");
        }
    }

    fn most(&self) -> usize {
        self.config.concurrency as usize
    }

    fn has_room(&self) -> bool {
        self.waiting.is_empty() && self.under_way.len() < self.most()
    }

    /// Fills up what is to be done next, if there may be any and at least half of it is gone.
    async fn take(&mut self) {
        let ahead = self.pace.ahead(self.most());
        if self.dry || self.waiting.len() > ahead / 2 {
            return;
        }
        let taken = self.waiting.len() + self.under_way.len();
        let room = (self.most() + ahead).saturating_sub(taken).min(MOST);
        if room == 0 {
            return;
        }
        let asked = Instant::now();
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        let jobs = self.runner.take(limit).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "no jobs could be taken");
            Vec::new()
        });
        self.dry = jobs.len() < room;
        self.waiting.extend(jobs.into_iter().map(|job| (job, asked)));
    }

    /// Begins with as many as are done at once.
    fn begin(&mut self, done: &mpsc::Sender<Done>) {
        while self.under_way.len() < self.most() {
            let Some((job, taken)) = self.waiting.pop_front() else {
                return;
            };
            let limit = self.config.lease.mul_f64(0.8).saturating_sub(taken.elapsed());
            let run = run(Arc::clone(&self.runner), job, limit, done.clone());
            self.under_way.spawn(run);
        }
    }

    fn note(&mut self, took: Option<Duration>) {
        if let Some(took) = took {
            self.pace.note(took);
        }
    }
}
