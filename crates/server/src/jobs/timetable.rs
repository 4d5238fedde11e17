//! Jobs that one process does for all.

use std::{collections::BTreeSet, time::Duration};

use mainstay_domain::{JobLease, NewSchedule, Schedule, ScheduleClaim, Timestamp};
use mainstay_repositories::Result;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{
    job::Job,
    run::{Running, tell, tell_lost},
    shift::chance,
    tenure::Tenure,
};
use crate::Context;

/// How long a look at the timetable may be off: a process that ends leaves what is due to others,
/// who look as often as this.
const LOOK: Duration = Duration::from_secs(5);
/// So that a database whose clock is behind is not asked without a pause.
const SHORTEST_LOOK: Duration = Duration::from_millis(5);

/// So long a plan of another release is left to processes of that release.
const COURTESY: Duration = Duration::from_secs(60);

/// Looks at what is due, and does what no other process does.
pub(super) struct Timetable {
    jobs: Vec<Job>,
    context: Context,
    /// Of which this process has seen its own plan written down.
    planned: BTreeSet<&'static str>,
    /// What this process does now.
    under_way: BTreeSet<&'static str>,
    runs: JoinSet<&'static str>,
}

impl Timetable {
    pub(super) fn new(jobs: Vec<Job>, context: Context) -> Self {
        Self {
            jobs,
            context,
            planned: BTreeSet::new(),
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
        self.plan().await?;
        let names: Vec<_> = self.idle().map(|job| job.name.to_owned()).collect();
        let mut pause = LOOK;
        for schedule in self.context.store.read().schedules().list(&names).await? {
            let Some(job) = self.jobs.iter().find(|job| job.name == schedule.name) else {
                continue;
            };
            let job = job.clone();
            let (asked, now) = (Instant::now(), self.context.clock.now());
            let until = (self.due(&job, &schedule) - now).to_std().unwrap_or_default();
            if until.is_zero() {
                self.claim(&job, &schedule, (asked, now)).await?;
            }
            pause = pause.min(until.max(SHORTEST_LOOK));
        }
        Ok(pause)
    }

    fn idle(&self) -> impl Iterator<Item = &Job> {
        let busy = |job: &&Job| !self.under_way.contains(job.name);
        self.jobs.iter().filter(busy)
    }

    /// When this process may claim a job. A plan that is not its own any more is of a newer release,
    /// whose processes know when the job is due again: they go first.
    fn due(&mut self, job: &Job, schedule: &Schedule) -> Timestamp {
        if schedule.plan == job.plan.to_string() {
            self.planned.insert(job.name);
        } else if self.planned.contains(job.name) {
            return schedule.wake_at + COURTESY;
        }
        schedule.wake_at
    }

    /// Writes down what nobody has written down yet, and what this release has changed, until this
    /// process has seen its plan there: somebody who works by the old one keeps it for so long.
    async fn plan(&mut self) -> Result<()> {
        let unplanned = |job: &&Job| !self.planned.contains(job.name);
        let jobs: Vec<_> = self.idle().filter(unplanned).cloned().collect();
        let schedules = self.context.store.read().schedules();
        for job in jobs {
            let now = self.context.clock.now();
            let first = job.plan.first(now, chance(&self.context));
            if schedules.plan(&job.due_at(first)).await? {
                self.planned.insert(job.name);
            }
        }
        Ok(())
    }

    async fn claim(
        &mut self,
        job: &Job,
        schedule: &Schedule,
        (asked, now): (Instant, Timestamp),
    ) -> Result<()> {
        let length = self.context.config.jobs.lease;
        let lease = JobLease {
            id: self.context.entropy.id(now),
            until: now + length,
        };
        let claim = ScheduleClaim {
            name: schedule.name.clone(),
            now,
            lease,
        };
        let claimed = self.context.store.read().schedules().claim(&claim).await;
        let work = |schedule: &Schedule| Work {
            context: self.context.clone(),
            tenure: Tenure::new(lease, length, asked),
            lease,
            due: schedule.due_at,
            job: job.clone(),
        };
        match &claimed {
            Ok(Some(claimed)) => self.runs.spawn(work(claimed).run()),
            Ok(None) => return Ok(()),
            Err(_) => self.runs.spawn(work(schedule).give_back(schedule.clone())),
        };
        self.under_way.insert(job.name);
        claimed.map(drop)
    }
}

/// A job that this process has claimed.
struct Work {
    job: Job,
    context: Context,
    lease: JobLease,
    tenure: Tenure,
    due: Timestamp,
}

impl Work {
    async fn run(self) -> &'static str {
        let (clock, schedules) = (&self.context.clock, self.context.store.read().schedules());
        // The answer to the claim may have come too late.
        if !self.tenure.is_over() {
            let mut running = Running::begin(&self.job, self.context.clone());
            let lost = self.tenure.lose(self.job.name, schedules, || clock.now());
            let ended = tokio::select! {
                ended = running.end() => Some(ended),
                () = lost => None,
            };
            if let Some(ended) = ended {
                tell(&self.job, &ended);
                let next = || self.job.due_at(self.job.plan.next(self.due, clock.now()));
                self.finish(next).await;
                return self.job.name;
            }
        }
        tell_lost(&self.job);
        self.job.name
    }

    /// Nobody heard whether it was claimed: if so, it is due as before.
    async fn give_back(self, unclaimed: Schedule) -> &'static str {
        let as_before = || NewSchedule {
            name: unclaimed.name.clone(),
            plan: unclaimed.plan.clone(),
            due_at: unclaimed.due_at,
        };
        self.finish(as_before).await;
        self.job.name
    }

    /// Says when it is due again. If nobody hears it, another process does the job again when
    /// the lease has run out.
    async fn finish(&self, next: impl Fn() -> NewSchedule + Send) {
        let schedules = self.context.store.read().schedules();
        let give_up = Instant::now() + self.context.config.jobs.lease;
        while Instant::now() < give_up {
            match schedules.finish(&self.lease, &next()).await {
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(job = self.job.name, %error, "the end of a job cannot be written down yet");
                }
            }
            sleep(Duration::from_millis(500)).await;
        }
    }
}
