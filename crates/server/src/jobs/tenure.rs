//! Keeping the lease of a run alive.

use std::time::Duration;

use mainstay_domain::{JobLease, Timestamp};
use mainstay_repositories::{Result, ScheduleRepository};
use tokio::time::{Instant, sleep_until, timeout_at};

/// A lease as its holder counts it: from the moment at which it was asked for, since the database
/// may have been slow to answer. Whoever inherits it counts from then or later.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tenure {
    lease: JobLease,
    length: Duration,
    ends: Instant,
}

impl Tenure {
    pub(super) fn new(lease: JobLease, length: Duration, asked: Instant) -> Self {
        Self {
            lease,
            length,
            ends: asked + length,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.ends
    }

    /// Extends the lease again and again; ends when it is lost, and at the latest when it runs out.
    pub(super) async fn lose(
        mut self,
        name: &str,
        schedules: &dyn ScheduleRepository,
        now: impl Fn() -> Timestamp + Send,
    ) {
        let mut pause = self.length / 3;
        loop {
            sleep_until(self.ends.min(Instant::now() + pause)).await;
            if self.is_over() {
                return;
            }
            let asked = Instant::now();
            let lease = JobLease {
                until: now() + self.length,
                ..self.lease
            };
            let told = timeout_at(self.patience(asked), schedules.extend(name, &lease)).await;
            match self.heard(name, asked, told.ok()) {
                Some(next) => pause = next,
                None => return,
            }
        }
    }

    /// How long to wait for an answer: never beyond the end, for then another may begin.
    fn patience(&self, asked: Instant) -> Instant {
        self.ends.min(asked + self.length / 3)
    }

    /// What the database said to more time; tells when to ask again, unless all is lost.
    fn heard(&mut self, name: &str, asked: Instant, told: Option<Result<bool>>) -> Option<Duration> {
        match told {
            Some(Ok(true)) => {
                self.ends = asked + self.length;
                return Some(self.length / 3);
            }
            Some(Ok(false)) => return None,
            Some(Err(error)) => tracing::warn!(job = name, %error, "a lease was not extended"),
            None => tracing::warn!(job = name, "a lease was not extended in time"),
        }
        Some(self.length / 12)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;
    use mainstay_domain::{NewSchedule, Schedule, ScheduleClaim};
    use mainstay_repositories::RepositoryError;
    use tokio::time::timeout;
    use uuid::Uuid;

    use super::*;

    const LENGTH: Duration = Duration::from_secs(30);

    fn tenure(length: Duration) -> (Tenure, Instant) {
        let (asked, lease) = (Instant::now(), Uuid::nil());
        let until = Timestamp::UNIX_EPOCH;
        let lease = JobLease { id: lease, until };
        (Tenure::new(lease, length, asked), asked)
    }

    #[test]
    fn a_lease_counts_from_the_moment_at_which_it_was_asked_for() {
        let (mut tenure, begun) = tenure(LENGTH);
        assert_eq!(tenure.ends, begun + LENGTH);
        let asked = begun + LENGTH / 3;
        assert_eq!(tenure.heard("job", asked, Some(Ok(true))), Some(LENGTH / 3));
        assert_eq!(tenure.ends, asked + LENGTH);
        assert_eq!(tenure.heard("job", asked, Some(Ok(false))), None);
    }

    #[test]
    fn nobody_waits_for_an_answer_beyond_the_end_of_the_lease() {
        let (mut tenure, begun) = tenure(LENGTH);
        assert_eq!(tenure.patience(begun), begun + LENGTH / 3);
        let late = begun + LENGTH * 5 / 6;
        assert_eq!(tenure.patience(late), begun + LENGTH);
        let gone = RepositoryError::Unavailable("gone".to_owned());
        for told in [None, Some(Err(gone))] {
            assert_eq!(tenure.heard("job", late, told), Some(LENGTH / 12));
            assert_eq!(tenure.ends, begun + LENGTH, "nobody has said that it is longer");
        }
    }

    /// A database that grants more time so often, and then answers no more.
    struct Silent {
        granted: u32,
        asked: AtomicU32,
    }

    #[async_trait]
    impl ScheduleRepository for Silent {
        async fn plan(&self, _: &NewSchedule) -> Result<bool> {
            Ok(false)
        }

        async fn list(&self, _: &[String]) -> Result<Vec<Schedule>> {
            Ok(Vec::new())
        }

        async fn claim(&self, _: &ScheduleClaim) -> Result<Option<Schedule>> {
            Ok(None)
        }

        async fn extend(&self, _: &str, _: &JobLease) -> Result<bool> {
            if self.asked.fetch_add(1, Ordering::Relaxed) < self.granted {
                return Ok(true);
            }
            std::future::pending().await
        }

        async fn finish(&self, _: &JobLease, _: &NewSchedule) -> Result<bool> {
            Ok(false)
        }
    }

    #[tokio::test]
    async fn a_process_that_is_cut_off_from_the_database_gives_its_work_up() {
        let database = Silent {
            granted: 2,
            asked: AtomicU32::new(0),
        };
        let (tenure, _) = tenure(Duration::from_millis(600));
        let lost = tenure.lose("job", &database, || Timestamp::UNIX_EPOCH);
        timeout(Duration::from_secs(60), lost).await.unwrap();
        assert!(database.asked.into_inner() > 2);
    }
}
