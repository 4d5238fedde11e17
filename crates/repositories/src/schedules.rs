//! Work that is due again and again.

use async_trait::async_trait;
use mainstay_domain::{JobLease, NewSchedule, Schedule, ScheduleClaim};

use crate::Result;

/// What is due when, for all processes together: each due time is worked for under one claim,
/// unless whoever had it fell silent.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ScheduleRepository: Send + Sync {
    /// Writes a schedule down, or changes when it is due if its plan has changed and nobody works
    /// for it now; tells whether it did either. If it did not, [`ScheduleRepository::list`] tells
    /// which plan is there.
    async fn plan(&self, schedule: &NewSchedule) -> Result<bool>;

    /// Those of `names` that are there, by name.
    async fn list(&self, names: &[String]) -> Result<Vec<Schedule>>;

    /// Takes what is due on lease; of any number of concurrent calls one is given it, also if the
    /// last lease has run out. None if it is not due or not there.
    async fn claim(&self, claim: &ScheduleClaim) -> Result<Option<Schedule>>;

    /// Makes the lease of this id last until the time that it has now; tells whether it still was
    /// this one.
    async fn extend(&self, name: &str, lease: &JobLease) -> Result<bool>;

    /// The work was done or failed; it is due next by the plan of whoever did it. Tells whether the
    /// lease still was this one.
    async fn finish(&self, lease: &JobLease, next: &NewSchedule) -> Result<bool>;
}
