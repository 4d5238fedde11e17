//! `GET /jobs/{id}`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::JobId;
use mainstay_services::jobs::JobService;

use super::job_body::JobBody;
use crate::{
    error::ApiError,
    extract::{IdPath, JobsRead, Require},
};

/// Read a job
///
/// Needs `jobs:read`.
#[utoipa::path(
    operation_id = "get_job",
    tag = "jobs",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = uuid::Uuid, Path, description = "The job.")),
    responses((status = 200, description = "The job.", body = JobBody)),
)]
#[get("/{id}")]
pub(super) async fn get_job(
    jobs: Data<JobService>,
    _: Require<JobsRead>,
    id: IdPath<JobId>,
) -> Result<HttpResponse, ApiError> {
    let job = jobs.get(id.0).await?;
    Ok(HttpResponse::Ok().json(JobBody::from(job)))
}
