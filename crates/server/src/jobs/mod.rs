//! Work that is done again and again: once for all processes together, or in each of them.

mod alone;
mod job;
mod plan;
mod run;
mod shift;
mod tenure;
mod timetable;

pub(crate) use job::check;
pub use job::{Job, JobResult};
pub use plan::InvalidCron;
pub(crate) use shift::Jobs;
