//! Where lines go: standard output, and files that take turns.
//!
//! A thread that logs only copies its line into a queue. One thread an output empties it, many lines at a
//! time. If an output is slow or broken its queue fills, further lines are dropped and counted, and
//! nobody waits.

mod file_names;
mod log_file;
mod pack;
mod queue;
#[cfg(test)]
mod queue_tests;
mod standard;
#[cfg(test)]
mod tests;
mod tidier;
mod writer;

pub(super) use file_names::FileNames;
pub(super) use log_file::{Limits, LogFile};
pub(super) use queue::{Batch, Gather, Queue};
pub(super) use standard::StandardOutput;
pub(super) use writer::{Worker, write_to};
