//! `GET /metrics`: figures for Prometheus.

use std::sync::Arc;

use actix_web::{HttpResponse, get, web::Data};

use crate::error::ApiError;

/// Writes all figures in the text format of Prometheus; app data when metrics are served.
#[derive(Clone)]
pub struct MetricsRenderer(pub Arc<dyn Fn() -> String + Send + Sync>);

/// Give figures to Prometheus
#[utoipa::path(tag = "system", operation_id = "get_metrics", responses(
    (status = 200, description = "Figures in the text format of Prometheus", body = String, content_type = "text/plain"),
    (status = 404, description = "Metrics are switched off"),
))]
#[get("/metrics")]
pub(super) async fn metrics(renderer: Option<Data<MetricsRenderer>>) -> Result<HttpResponse, ApiError> {
    let renderer = renderer.ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body((renderer.0)()))
}
