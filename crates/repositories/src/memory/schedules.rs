//! Work that is due again and again, in memory.

use async_trait::async_trait;
use mainstay_domain::{JobLease, NewSchedule, Schedule, ScheduleClaim};

use super::{
    access::{Access, Memory},
    state::State,
};
use crate::{Result, ScheduleRepository};

#[async_trait]
impl<A: Access> ScheduleRepository for Memory<A> {
    async fn plan(&self, schedule: &NewSchedule) -> Result<bool> {
        self.0
            .write(|state| {
                let stored = state.schedules.get(&schedule.name);
                if stored.is_some_and(|stored| stored.plan == schedule.plan || stored.lease.is_some()) {
                    return Ok(false);
                }
                let planned = Schedule {
                    name: schedule.name.clone(),
                    plan: schedule.plan.clone(),
                    due_at: schedule.due_at,
                    wake_at: schedule.due_at,
                    lease: None,
                };
                state.schedules.insert(schedule.name.clone(), planned);
                Ok(true)
            })
            .await
    }

    async fn list(&self, names: &[String]) -> Result<Vec<Schedule>> {
        Ok(self.0.read(|state| {
            let wanted = state.schedules.values();
            wanted
                .filter(|schedule| names.contains(&schedule.name))
                .cloned()
                .collect()
        }))
    }

    async fn claim(&self, claim: &ScheduleClaim) -> Result<Option<Schedule>> {
        self.0
            .write(|state| {
                let stored = state.schedules.get_mut(&claim.name);
                Ok(stored.filter(|stored| stored.wake_at <= claim.now).map(|stored| {
                    stored.wake_at = claim.lease.until;
                    stored.lease = Some(claim.lease.id);
                    stored.clone()
                }))
            })
            .await
    }

    async fn extend(&self, name: &str, lease: &JobLease) -> Result<bool> {
        self.0
            .write(|state| {
                let held = held(state, name, lease);
                Ok(held.map(|stored| stored.wake_at = lease.until).is_some())
            })
            .await
    }

    async fn finish(&self, lease: &JobLease, next: &NewSchedule) -> Result<bool> {
        self.0
            .write(|state| {
                let Some(stored) = held(state, &next.name, lease) else {
                    return Ok(false);
                };
                (stored.due_at, stored.wake_at, stored.lease) = (next.due_at, next.due_at, None);
                stored.plan.clone_from(&next.plan);
                Ok(true)
            })
            .await
    }
}

/// The schedule, as long as the lease is this one.
fn held<'a>(state: &'a mut State, name: &str, lease: &JobLease) -> Option<&'a mut Schedule> {
    let stored = state.schedules.get_mut(name);
    stored.filter(|stored| stored.lease == Some(lease.id))
}
