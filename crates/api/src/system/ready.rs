//! `GET /health/ready` and `GET /api/v1/health`: whether requests should be sent here.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use chrono::{DateTime, Utc};
use futures::future::{join, join_all};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    SystemState,
    probe::{ComponentBody, probe},
};
use crate::{middleware::KeepBody, now::now};

/// Whether requests should be sent here.
#[derive(Debug, Serialize, ToSchema)]
struct ReadinessBody<'a> {
    /// `ready`, `not_ready` or `draining`.
    #[schema(example = "ready")]
    status: &'static str,
    /// Version of the service.
    #[schema(example = "0.1.0")]
    version: &'a str,
    /// Now.
    timestamp: DateTime<Utc>,
    /// Whole seconds since the start.
    #[schema(example = 86_400)]
    uptime_seconds: u64,
    /// Every component by its name.
    components: BTreeMap<&'static str, ComponentBody>,
}

/// Tell whether requests should be sent here
#[utoipa::path(tag = "system", operation_id = "get_readiness", responses(
    (status = 200, description = "Every required component works", body = ReadinessBody),
    (status = 503, description = "A required component is down, or the service is shutting down", body = ReadinessBody),
))]
#[get("/health/ready")]
pub(super) async fn ready(state: Data<SystemState>) -> HttpResponse {
    answer(&state).await
}

/// Tell whether the API is ready
#[utoipa::path(tag = "system", operation_id = "get_api_health", responses(
    (status = 200, description = "Every required component works", body = ReadinessBody),
    (status = 503, description = "A required component is down, or the service is shutting down", body = ReadinessBody),
))]
#[get("/api/v1/health")]
pub(super) async fn api_health(state: Data<SystemState>) -> HttpResponse {
    answer(&state).await
}

async fn answer(state: &SystemState) -> HttpResponse {
    let components = components(state).await;
    let down = components
        .values()
        .any(|one| one.required && one.status == "down");
    let (status, code) = match (state.is_draining(), down) {
        (true, _) => ("draining", StatusCode::SERVICE_UNAVAILABLE),
        (_, true) => ("not_ready", StatusCode::SERVICE_UNAVAILABLE),
        (false, false) => ("ready", StatusCode::OK),
    };
    let body = ReadinessBody {
        status,
        version: &state.info.version,
        timestamp: now(),
        uptime_seconds: state.uptime_seconds(),
        components,
    };
    KeepBody::json(code, &body)
}

/// Asks all components at once, each for its own time.
async fn components(state: &SystemState) -> BTreeMap<&'static str, ComponentBody> {
    let others = state.checks.iter().map(|check| async move {
        let probe = probe(check.name(), state.timeout, check.check()).await;
        (check.name(), probe.into_component(check.required()))
    });
    let (database, others) = join(
        probe("database", state.timeout, database(state)),
        join_all(others),
    )
    .await;
    let mut components = BTreeMap::from([("database", database.into_component(true))]);
    components.extend(others);
    components
}

/// A database that lacks migrations would answer every other request with an error.
async fn database(state: &SystemState) -> Result<(), String> {
    state.store.ping().await.map_err(|error| error.to_string())?;
    match state.migrations.pending().await? {
        0 => Ok(()),
        pending => Err(format!("{pending} migrations are pending")),
    }
}
