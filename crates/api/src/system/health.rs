//! `GET /health`: liveness. It touches no dependency: restarting this process would not mend
//! a database.

use actix_web::{HttpResponse, get, web::Data};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::SystemState;
use crate::now::now;

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
struct HealthBody<'a> {
    /// Always `healthy`.
    #[schema(example = "healthy")]
    status: &'static str,
    /// Version of the service.
    #[schema(example = "0.1.0")]
    version: &'a str,
    /// Now.
    timestamp: DateTime<Utc>,
    /// Whole seconds since the start.
    #[schema(example = 86_400)]
    uptime_seconds: u64,
}

/// Tell that the process is alive
#[utoipa::path(tag = "system", operation_id = "get_health", responses((status = 200, description = "The process is alive", body = HealthBody)))]
#[get("/health")]
pub(super) async fn health(state: Data<SystemState>) -> HttpResponse {
    HttpResponse::Ok().json(HealthBody {
        status: "healthy",
        version: &state.info.version,
        timestamp: now(),
        uptime_seconds: state.uptime_seconds(),
    })
}
