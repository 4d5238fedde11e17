//! Jobs that one process does for all.

use std::{collections::BTreeSet, time::Duration};

use mainstay_domain::{JobLease, NewSchedule, Schedule, ScheduleClaim, Timestamp};
use mainstay_repositories::Result;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    job::Job,
    run::{Running, tell, tell_lost},
    shift::chance,
};
use crate::Context;

/// How long a look at the timetable may be off: a process that ends leaves what is due to others,
/// who look as often as this.
const LOOK: Duration = Duration::from_secs(5);
/// So that a database whose clock is behind is not asked without a pause.
const SHORTEST_LOOK: Duration = Duration::from_millis(5);

/// Looks at what is due, and does what no other process does.
pub(super) struct Timetable {
    jobs: Vec<Job>,
    context: Context,
    planned: bool,
    /// What this process does now.
    under_way: BTreeSet<&'static str>,
    runs: JoinSet<&'static str>,
}

impl Timetable {
    pub(super) fn new(jobs: Vec<Job>, context: Context) -> Self {
        Self {
            jobs,
            context,
            planned: false,
            under_way: BTreeSet::new(),
            runs: JoinSet::new(),
        }
    }

    /// Until it is told to stop; what is under way then may end.
    pub(super) async fn keep(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let pause = self.look().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the timetable of jobs could not be read");
                LOOK
            });
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                Some(ended) = self.runs.join_next(), if !self.runs.is_empty() => {
                    if let Ok(name) = ended {
                        self.under_way.remove(name);
                    }
                }
                () = sleep(pause) => {}
            }
        }
        while self.runs.join_next().await.is_some() {}
    }

    /// Claims what is due; tells how long until the next look.
    async fn look(&mut self) -> Result<Duration> {
        if !self.planned {
            self.plan().await?;
            self.planned = true;
        }
        let names: Vec<_> = self.idle().map(|job| job.name.to_owned()).collect();
        let mut pause = LOOK;
        for schedule in self.context.store.read().schedules().list(&names).await? {
            let now = self.context.clock.now();
            let until = (schedule.wake_at - now).to_std().unwrap_or_default();
            if until.is_zero() {
                self.claim(&schedule, now).await?;
            }
            pause = pause.min(until.max(SHORTEST_LOOK));
        }
        Ok(pause)
    }

    fn idle(&self) -> impl Iterator<Item = &Job> {
        let busy = |job: &&Job| !self.under_way.contains(job.name);
        self.jobs.iter().filter(busy)
    }

    /// Writes down what nobody has written down yet.
    async fn plan(&self) -> Result<()> {
        let schedules = self.context.store.read().schedules();
        for job in &self.jobs {
            let now = self.context.clock.now();
            let schedule = NewSchedule {
                name: job.name.to_owned(),
                plan: job.plan.to_string(),
                due_at: job.plan.first(now, chance(&self.context)),
            };
            schedules.plan(&schedule).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, schedule: &Schedule, now: Timestamp) -> Result<()> {
        let Some(job) = self.jobs.iter().find(|job| job.name == schedule.name) else {
            return Ok(());
        };
        let lease = self.context.config.jobs.lease;
        let claim = ScheduleClaim {
            name: schedule.name.clone(),
            now,
            lease: JobLease {
                id: self.context.entropy.id(now),
                until: now + lease,
            },
        };
        let schedules = self.context.store.read().schedules();
        if let Some(claimed) = schedules.claim(&claim).await? {
            let work = Work {
                job: job.clone(),
                context: self.context.clone(),
                lease: claim.lease,
                due: claimed.due_at,
            };
            self.under_way.insert(job.name);
            self.runs.spawn(work.run());
        }
        Ok(())
    }
}

/// A job that this process has claimed.
struct Work {
    job: Job,
    context: Context,
    lease: JobLease,
    due: Timestamp,
}

impl Work {
    async fn run(self) -> &'static str {
        let mut running = Running::begin(&self.job, self.context.clone());
        let ended = tokio::select! {
            ended = running.end() => ended,
            () = self.lose() => {
                tell_lost(&self.job);
                return self.job.name;
            }
        };
        tell(&self.job, &ended);
        self.finish().await;
        self.job.name
    }

    /// Keeps the lease alive; ends when it is lost, or could not be kept for its whole length.
    async fn lose(&self) {
        let length = self.context.config.jobs.lease;
        let mut ends = Instant::now() + length;
        let schedules = self.context.store.read().schedules();
        while Instant::now() < ends {
            sleep(length / 3).await;
            let (now, asked) = (self.context.clock.now(), Instant::now());
            let lease = JobLease {
                until: now + length,
                ..self.lease
            };
            let extended = schedules.extend(self.job.name, &lease);
            match timeout(length / 3, extended).await {
                Ok(Ok(true)) => ends = asked + length,
                Ok(Ok(false)) => return,
                Ok(Err(error)) => tracing::warn!(job = self.job.name, %error, "a lease was not extended"),
                Err(_) => {}
            }
        }
    }

    /// Says when it is due again. If nobody hears it, another process does the job again when
    /// the lease has run out.
    async fn finish(&self) {
        let schedules = self.context.store.read().schedules();
        let give_up = Instant::now() + self.context.config.jobs.lease;
        while Instant::now() < give_up {
            let next = self.job.plan.next(self.due, self.context.clock.now());
            match schedules.finish(self.job.name, &self.lease, next).await {
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(job = self.job.name, %error, "the end of a job cannot be written down yet");
                }
            }
            sleep(Duration::from_millis(500)).await;
        }
    }
}
