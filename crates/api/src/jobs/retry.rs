//! `POST /jobs/{id}/retry`.

use actix_web::{HttpResponse, post, web::Data};
use mainstay_domain::JobId;
use mainstay_services::jobs::JobService;

use super::job_body::JobBody;
use crate::{
    error::{ApiError, Problem},
    extract::{IdPath, JobsManage, Require},
};

/// Try a dead job again
///
/// Needs `jobs:manage`. It is tried up to five more times, from now on.
#[utoipa::path(
    operation_id = "retry_job",
    tag = "jobs",
    security(("bearer" = []), ("api_key" = [])),
    params(("id" = uuid::Uuid, Path, description = "The job.")),
    responses(
        (status = 202, description = "The job is queued again.", body = JobBody),
        (status = 409, description = "CONFLICT: the job is not dead", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[post("/{id}/retry")]
pub(super) async fn retry_job(
    jobs: Data<JobService>,
    _: Require<JobsManage>,
    id: IdPath<JobId>,
) -> Result<HttpResponse, ApiError> {
    let job = jobs.retry(id.0).await?;
    Ok(HttpResponse::Accepted().json(JobBody::from(job)))
}
