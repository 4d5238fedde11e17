//! `GET /status`: what runs here, and since when.

use actix_web::{HttpResponse, get, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::SystemState;

/// What runs here.
#[derive(Debug, Serialize, ToSchema)]
struct StatusBody<'a> {
    /// Name of the service.
    #[schema(example = "mainstay")]
    service: &'a str,
    /// Its version.
    #[schema(example = "0.1.0")]
    version: &'a str,
    /// Whole seconds since the start.
    #[schema(example = 86_400)]
    uptime_seconds: u64,
    /// Where it runs.
    #[schema(example = "production")]
    environment: &'a str,
    /// Which build it is.
    #[schema(example = "59de99e")]
    build: &'a str,
}

/// Tell what runs here
#[utoipa::path(tag = "system", operation_id = "get_status", responses((status = 200, description = "What runs here", body = StatusBody)))]
#[get("/status")]
pub(super) async fn status(state: Data<SystemState>) -> HttpResponse {
    HttpResponse::Ok().json(StatusBody {
        service: &state.info.name,
        version: &state.info.version,
        uptime_seconds: state.uptime_seconds(),
        environment: &state.info.environment,
        build: &state.info.build,
    })
}
