//! What operators and load balancers ask.

mod error;
mod health;
mod health_db;
mod log_level;
mod metrics;
mod migrations;
mod probe;
mod ready;
mod root;
mod routes;
mod state;
mod status;

pub use metrics::MetricsRenderer;
pub use migrations::MigrationStatus;
pub use probe::HealthCheck;
pub use routes::{configure, configure_operations};
pub use state::{ServiceInfo, SystemState};
