//! `DELETE /jobs/{id}`.

use actix_web::{HttpResponse, delete, web::Data};
use mainstay_domain::JobId;
use mainstay_services::jobs::JobService;

use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, JobsManage, Require},
};

/// Cancel or remove a job
///
/// Needs `jobs:manage`. What is queued will never be done, and what is dead is forgotten. What runs cannot be
/// called back.
#[utoipa::path(
    operation_id = "remove_job",
    tag = "jobs",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = uuid::Uuid, Path, description = "The job.")),
    responses(
        (status = 204, description = "The job is gone."),
        (status = 409, description = "CONFLICT: the job runs or is done", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[delete("/{id}")]
pub(super) async fn remove_job(
    jobs: Data<JobService>,
    _: Require<JobsManage>,
    id: IdPath<JobId>,
) -> Result<HttpResponse, ApiError> {
    jobs.remove(id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
