//! Taking queued jobs and doing them while the server runs.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use mainstay_domain::{Job, JobLease};
use mainstay_repositories::JobBell;
use mainstay_services::jobs::{JobRunner, TakeError};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep_until, timeout},
};

use super::{
    pace::Pace,
    record::{Done, MOST, give_back, record_done},
    run::run,
};
use crate::config::JobsConfig;

/// A job that was taken ahead waits so long, then another process may have it.
const HELD: Duration = Duration::from_secs(1);

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
            given_back: JoinSet::new(),
            unheard: None,
            dry: false,
        };
        let task = tokio::spawn(shift.work(stopped));
        Self { stop, task }
    }

    /// Takes no further job, gives back what did not begin and lets the rest finish, for `patience`
    /// at most. Jobs that are broken off are taken again when their lease has run out.
    pub(crate) async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        if timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
            tracing::warn!("a queued job did not finish in time and was broken off");
        }
    }
}

/// A job that was taken and waits for its turn.
struct Held {
    job: Job,
    since: Instant,
    /// When its lease has run down so far that it must have ended.
    end: Instant,
}

struct Shift {
    runner: Arc<JobRunner>,
    bell: JobBell,
    config: JobsConfig,
    pace: Pace,
    /// In the order in which they came.
    waiting: VecDeque<Held>,
    under_way: JoinSet<Option<Duration>>,
    /// What is being given back.
    given_back: JoinSet<()>,
    /// Of a take that failed, and may have taken jobs all the same.
    unheard: Option<JobLease>,
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
            if *stopped.borrow() {
                break;
            }
            self.begin(&done);
            let held_until = self.held_until();
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(ended) = self.under_way.join_next() => self.note(ended.ok().flatten()),
                () = sleep_until(held_until), if !self.waiting.is_empty() => {
                    // They take longer than they did.
                    self.pace = Pace::unknown();
                    self.give_back();
                }
                () = self.bell.heard(), if self.has_room() => self.dry = false,
                () = sleep_until(next_look), if self.has_room() => {
                    self.dry = false;
                    next_look = Instant::now() + self.config.poll_interval;
                }
            }
        }
        self.give_back();
        while self.under_way.join_next().await.is_some() {}
        drop(done);
        if recording.await.is_err() {
            tracing::error!("the end of some jobs was not written down");
        }
        self.hear().await;
        while self.given_back.join_next().await.is_some() {}
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
        let jobs = if self.hear().await {
            let limit = u32::try_from(room).unwrap_or(u32::MAX);
            let taken = self.runner.take(limit).await;
            taken.unwrap_or_else(|error| self.note_unheard(&error))
        } else {
            Vec::new()
        };
        self.dry = jobs.len() < room;
        let (since, end) = (Instant::now(), asked + self.config.lease.mul_f64(0.8));
        let held = jobs.into_iter().map(|job| Held { job, since, end });
        self.waiting.extend(held);
    }

    fn note_unheard(&mut self, error: &TakeError) -> Vec<Job> {
        tracing::warn!(%error, "no jobs could be taken");
        self.unheard = Some(error.lease);
        Vec::new()
    }

    /// Gives back what a take that failed has taken all the same; tells whether the database
    /// answers again.
    async fn hear(&mut self) -> bool {
        let Some(lease) = self.unheard else { return true };
        match self.runner.release_lease(&lease).await {
            Ok(jobs) => {
                if jobs > 0 {
                    tracing::info!(jobs, "jobs were given back whose take was not answered");
                }
                self.unheard = None;
                true
            }
            Err(error) => {
                tracing::warn!(%error, "no jobs could be taken");
                false
            }
        }
    }

    /// Begins with as many as are done at once.
    fn begin(&mut self, done: &mpsc::Sender<Done>) {
        while self.under_way.len() < self.most() {
            let Some(Held { job, end, .. }) = self.waiting.pop_front() else {
                return;
            };
            let run = run(Arc::clone(&self.runner), job, end, done.clone());
            self.under_way.spawn(run);
        }
    }

    /// When what has waited for longest has waited for too long.
    fn held_until(&self) -> Instant {
        let first = self.waiting.front().map_or_else(Instant::now, |held| held.since);
        first + HELD.min(self.config.lease / 4)
    }

    /// Lets others have what waits, in a task of its own: a database that is slow to hear of it
    /// holds up nothing else.
    fn give_back(&mut self) {
        while self.given_back.try_join_next().is_some() {}
        let tickets: Vec<_> = self
            .waiting
            .drain(..)
            .filter_map(|held| held.job.ticket())
            .collect();
        if !tickets.is_empty() {
            let give_back = give_back(Arc::clone(&self.runner), tickets);
            self.given_back.spawn(give_back);
        }
    }

    fn note(&mut self, took: Option<Duration>) {
        if let Some(took) = took {
            self.pace.note(took);
        }
    }
}
