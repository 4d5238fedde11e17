//! Schedules: work that is due again and again, once for all processes together.

use uuid::Uuid;

use crate::{JobLease, Timestamp};

/// A schedule as a process knows it that has work for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    /// What it is called, at most 64 octets; one name is one schedule in all processes.
    pub name: String,
    /// When it is due, in words such as `every 10m`, at most 190 octets: whether two processes
    /// mean the same is told by this.
    pub plan: String,
    /// When it is due for the first time.
    pub due_at: Timestamp,
}

/// A schedule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// What it is called.
    pub name: String,
    /// When it is due, in words.
    pub plan: String,
    /// The time that it is due at next, or is being worked for now.
    pub due_at: Timestamp,
    /// From when on it may be claimed: its due time, or the end of a lease.
    pub wake_at: Timestamp,
    /// The lease it was claimed under last, if somebody works for it.
    pub lease: Option<Uuid>,
}

/// A process that wants to work for what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleClaim {
    /// Which schedule.
    pub name: String,
    /// Only if it is due now.
    pub now: Timestamp,
    /// The lease it comes under; it must end after `now`.
    pub lease: JobLease,
}
