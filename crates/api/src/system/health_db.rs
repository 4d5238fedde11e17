//! `GET /health/db`: the database.

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use mainstay_repositories::StoreHealth;
use serde::Serialize;
use utoipa::ToSchema;

use super::{SystemState, probe::probe};
use crate::middleware::KeepBody;

/// How the database is.
#[derive(Debug, Serialize, ToSchema)]
struct DatabaseHealthBody {
    /// `healthy` or `unhealthy`.
    #[schema(example = "healthy")]
    status: &'static str,
    /// Whether it answers.
    database_connected: bool,
    /// How long one round trip took.
    #[schema(example = 0.4)]
    response_time_ms: f64,
    /// Connections.
    connection_pool: ConnectionPool,
    /// `up_to_date`, `pending` or `unknown`.
    #[schema(example = "up_to_date")]
    migration_status: &'static str,
    /// What is wrong, if anything.
    errors: Vec<String>,
}

/// Connections to the database.
#[derive(Debug, Serialize, ToSchema)]
struct ConnectionPool {
    /// In use.
    #[schema(example = 1)]
    active: u32,
    /// Open and waiting.
    #[schema(example = 4)]
    idle: u32,
    /// Open.
    #[schema(example = 5)]
    size: u32,
    /// Most there may be.
    #[schema(example = 10)]
    max: u32,
}

impl From<StoreHealth> for ConnectionPool {
    fn from(health: StoreHealth) -> Self {
        Self {
            active: health.active,
            idle: health.idle,
            size: health.size,
            max: health.max,
        }
    }
}

/// Tell how the database is
#[utoipa::path(tag = "system", operation_id = "get_database_health", responses(
    (status = 200, description = "The database answers", body = DatabaseHealthBody),
    (status = 503, description = "The database does not answer", body = DatabaseHealthBody),
))]
#[get("/health/db")]
pub(super) async fn health_db(state: Data<SystemState>) -> HttpResponse {
    let ping = probe("database", state.timeout, state.store.ping()).await;
    let connected = ping.error.is_none();
    let mut errors: Vec<String> = ping
        .error
        .iter()
        .map(|error| format!("database {error}"))
        .collect();
    let migration_status = if connected {
        migration_status(&state).await
    } else {
        "unknown"
    };
    if migration_status != "up_to_date" {
        errors.push(format!("migrations: {migration_status}"));
    }
    let body = DatabaseHealthBody {
        status: if connected { "healthy" } else { "unhealthy" },
        database_connected: connected,
        response_time_ms: ping.milliseconds(),
        connection_pool: state.store.health().into(),
        migration_status,
        errors,
    };
    let status = if connected {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    KeepBody::json(status, &body)
}

async fn migration_status(state: &SystemState) -> &'static str {
    match tokio::time::timeout(state.timeout, state.migrations.pending()).await {
        Ok(Ok(0)) => "up_to_date",
        Ok(Ok(_)) => "pending",
        Ok(Err(_)) | Err(_) => "unknown",
    }
}
