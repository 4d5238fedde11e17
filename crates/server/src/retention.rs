//! How long things are kept, which may change while the process runs.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::config::{Config, SECOND_FACTOR_MEMORY};

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Periods {
    /// Jobs that are done.
    pub(crate) done_jobs: Duration,
    /// Jobs that were given up.
    pub(crate) dead_jobs: Duration,
    /// Counters of tries.
    pub(crate) throttles: Duration,
    /// Audit events; zero keeps them for ever.
    pub(crate) audit: Duration,
    /// Whether only audit events that were exported are removed.
    pub(crate) only_exported: bool,
}

impl Periods {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            done_jobs: config.jobs.keep_done,
            dead_jobs: config.jobs.keep_dead,
            throttles: config.throttle.forget_after.max(SECOND_FACTOR_MEMORY),
            audit: config.audit.retention,
            only_exported: config.audit.require_export,
        }
    }
}

/// The periods in effect; clones share them.
#[derive(Clone)]
pub(crate) struct Retention(Arc<RwLock<Periods>>);

impl Retention {
    pub(crate) fn new(config: &Config) -> Self {
        Self(Arc::new(RwLock::new(Periods::of(config))))
    }

    /// What counts now; asked for each time something is removed.
    pub(crate) fn periods(&self) -> Periods {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, periods: Periods) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = periods;
    }
}
