//! `GET /`: what this is, and where to go on.

use actix_web::{HttpResponse, get, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::SystemState;

/// The service and its entrances.
#[derive(Debug, Serialize, ToSchema)]
struct RootBody<'a> {
    /// Name of the service.
    #[schema(example = "mainstay")]
    name: &'a str,
    /// Its version.
    #[schema(example = "0.1.0")]
    version: &'a str,
    /// Where it runs.
    #[schema(example = "local")]
    environment: &'a str,
    /// Where to go on.
    links: Links,
}

/// Entrances of the service.
#[derive(Debug, Serialize, ToSchema)]
struct Links {
    /// The REST API.
    #[schema(example = "/api/v1")]
    api: &'static str,
    /// Swagger UI.
    #[schema(example = "/docs")]
    docs: &'static str,
    /// ReDoc.
    #[schema(example = "/redoc")]
    redoc: &'static str,
    /// The OpenAPI document.
    #[schema(example = "/openapi.json")]
    openapi: &'static str,
    /// Liveness.
    #[schema(example = "/health")]
    health: &'static str,
    /// Status.
    #[schema(example = "/status")]
    status: &'static str,
}

const LINKS: Links = Links {
    api: "/api/v1",
    docs: "/docs",
    redoc: "/redoc",
    openapi: "/openapi.json",
    health: "/health",
    status: "/status",
};

/// Tell what this service is
#[utoipa::path(tag = "system", operation_id = "get_root", responses((status = 200, description = "The service and its entrances", body = RootBody)))]
#[get("/")]
pub(super) async fn root(state: Data<SystemState>) -> HttpResponse {
    HttpResponse::Ok().json(RootBody {
        name: &state.info.name,
        version: &state.info.version,
        environment: &state.info.environment,
        links: LINKS,
    })
}
