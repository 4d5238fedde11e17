//! Asking a component how it is, for a limited time.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use serde::Serialize;
use utoipa::ToSchema;

/// A component whose health counts.
#[async_trait]
pub trait HealthCheck: Send + Sync {
    /// Its name, e.g. `cache`.
    fn name(&self) -> &'static str;

    /// Whether the service is of no use without it.
    fn required(&self) -> bool;

    /// Asks it. The readiness check bounds the time.
    ///
    /// # Errors
    /// A text for the log.
    async fn check(&self) -> Result<(), String>;
}

/// How a component is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ComponentBody {
    /// `up` or `down`.
    #[schema(example = "up")]
    pub(super) status: &'static str,
    /// Whether the service is of no use without it.
    pub(super) required: bool,
    /// How long it took to answer.
    #[schema(example = 0.4)]
    pub(super) response_time_ms: f64,
    /// What is wrong, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub(super) error: Option<&'static str>,
}

/// What came of asking.
pub(super) struct Probe {
    /// What clients may know of a failure; the cause is in the log.
    pub(super) error: Option<&'static str>,
    pub(super) took: Duration,
}

impl Probe {
    pub(super) fn milliseconds(&self) -> f64 {
        (self.took.as_secs_f64() * 1e6).round() / 1e3
    }

    pub(super) fn into_component(self, required: bool) -> ComponentBody {
        ComponentBody {
            status: if self.error.is_none() { "up" } else { "down" },
            required,
            response_time_ms: self.milliseconds(),
            error: self.error,
        }
    }
}

/// Runs a check for at most `limit`.
pub(super) async fn probe<E: std::fmt::Display>(
    component: &str,
    limit: Duration,
    check: impl Future<Output = Result<(), E>>,
) -> Probe {
    let started = Instant::now();
    let error = match tokio::time::timeout(limit, check).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => {
            tracing::warn!(component, %error, "a component is down");
            Some("does not work")
        }
        Err(_) => {
            tracing::warn!(component, "a component does not answer");
            Some("does not answer in time")
        }
    };
    Probe {
        error,
        took: started.elapsed(),
    }
}
