//! Section `jobs`: work that is done afterwards.

use std::time::Duration;

use serde::Deserialize;

use super::{Key, Kind, human};

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const KEEP: Kind = Kind::Span {
    min: HOUR,
    max: DAY.saturating_mul(365),
};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "jobs.in_process",
        Kind::Flag,
        "true",
        "Whether `serve` does queued and scheduled jobs, such as sending mails, too; if not, run `mainstay worker`.",
    ),
    Key::new(
        "jobs.concurrency",
        Kind::Whole { min: 1, max: 100 },
        "4",
        "Jobs that a process does at once.",
    ),
    Key::new(
        "jobs.poll_interval",
        Kind::Span {
            min: MILLISECOND.saturating_mul(10),
            max: HOUR,
        },
        "1s",
        "How often to look for jobs that other processes queued; a process sees its own at once.",
    ),
    Key::new(
        "jobs.lease",
        Kind::Span {
            min: SECOND,
            max: DAY,
        },
        "5m",
        "How long a process that fell silent keeps a job.",
    ),
    Key::new(
        "jobs.retry_delay",
        Kind::Span {
            min: MILLISECOND,
            max: HOUR,
        },
        "10s",
        "How long a failed job waits the first time; twice as long each further time.",
    ),
    Key::new(
        "jobs.retry_max_delay",
        Kind::Span {
            min: MILLISECOND,
            max: DAY,
        },
        "6h",
        "How long it waits at most.",
    ),
    Key::new(
        "jobs.keep_done",
        KEEP,
        "7d",
        "How long what was done is remembered, and its key with it.",
    ),
    Key::new(
        "jobs.keep_dead",
        KEEP,
        "30d",
        "How long what was given up can be tried again.",
    ),
];

/// Section `jobs`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobsConfig {
    /// Whether `serve` does jobs too.
    pub in_process: bool,
    /// Jobs that a process does at once.
    pub concurrency: u32,
    /// How often to look for jobs that other processes queued.
    #[serde(deserialize_with = "human::duration")]
    pub poll_interval: Duration,
    /// How long a process that fell silent keeps a job.
    #[serde(deserialize_with = "human::duration")]
    pub lease: Duration,
    /// How long a failed job waits the first time.
    #[serde(deserialize_with = "human::duration")]
    pub retry_delay: Duration,
    /// How long it waits at most.
    #[serde(deserialize_with = "human::duration")]
    pub retry_max_delay: Duration,
    /// How long what was done is remembered.
    #[serde(deserialize_with = "human::duration")]
    pub keep_done: Duration,
    /// How long what was given up can be tried again.
    #[serde(deserialize_with = "human::duration")]
    pub keep_dead: Duration,
}
