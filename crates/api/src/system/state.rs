//! What the system endpoints know.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use mainstay_repositories::Store;

use super::{HealthCheck, MigrationStatus, migrations::MigrationCache};

/// What the service says of itself.
#[derive(Debug, Clone)]
pub struct ServiceInfo {
    /// Name of the product.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it runs: `local`, `dev`, `staging` or `production`.
    pub environment: String,
    /// Which build it is, e.g. a commit.
    pub build: String,
}

/// State of the system endpoints; app data as `web::Data<SystemState>`.
pub struct SystemState {
    /// What the service says of itself.
    pub info: ServiceInfo,
    pub(super) store: Arc<dyn Store>,
    pub(super) migrations: MigrationCache,
    pub(super) checks: Vec<Arc<dyn HealthCheck>>,
    pub(super) timeout: Duration,
    started: Instant,
    draining: AtomicBool,
}

impl SystemState {
    /// The state of a service that starts now.
    #[must_use]
    pub fn new(info: ServiceInfo, store: Arc<dyn Store>, migrations: Arc<dyn MigrationStatus>) -> Self {
        Self {
            info,
            store,
            migrations: MigrationCache::new(migrations),
            checks: Vec::new(),
            timeout: Duration::from_secs(2),
            started: Instant::now(),
            draining: AtomicBool::new(false),
        }
    }

    /// Adds a component to the readiness check.
    #[must_use]
    pub fn with_check(mut self, check: Arc<dyn HealthCheck>) -> Self {
        self.checks.push(check);
        self
    }

    /// Sets how long each component may take to answer; two seconds otherwise.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// From now on readiness is denied, so that load balancers look elsewhere.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the service is shutting down.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whole seconds since the start.
    #[must_use]
    pub fn uptime_seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}
