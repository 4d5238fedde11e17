//! `GET /jobs`.

use actix_web::{HttpResponse, get, web::Data};
use mainstay_domain::{JobKind, JobQuery, JobStatus, PageRequest};
use mainstay_services::jobs::JobService;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::job_body::JobBody;
use crate::{
    error::{ApiError, FieldErrors},
    extract::{JobsRead, ListBody, ListQuery, PageParams, Require},
};

/// Which jobs to list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct JobFilter {
    /// Only in this status: `queued`, `running`, `done` or `dead`.
    #[validate(length(max = 16))]
    #[param(example = "dead", pattern = "^(queued|running|done|dead)$")]
    status: Option<String>,
    /// Only of this kind.
    #[validate(length(max = 64))]
    #[param(example = "mail", pattern = "^[a-z0-9._-]{1,64}$")]
    kind: Option<String>,
}

impl JobFilter {
    fn parse(&self, page: &PageRequest) -> Result<JobQuery, ApiError> {
        let mut errors = FieldErrors::new();
        let status = errors.check_optional("status", self.status.as_deref(), str::parse::<JobStatus>);
        let kind = errors.check_optional("kind", self.kind.as_deref(), JobKind::parse);
        errors.finish()?;
        Ok(JobQuery {
            status: status.flatten(),
            kind: kind.flatten(),
            page: page.clone(),
        })
    }
}

/// List jobs
///
/// Needs `jobs:read`. Newest first; dead letters are those with the status `dead`.
#[utoipa::path(
    operation_id = "list_jobs",
    tag = "jobs",
    security(("bearer" = []), ("api_key" = [])),
    params(PageParams, JobFilter),
    responses((status = 200, description = "A page of jobs.", body = ListBody<JobBody>)),
)]
#[get("")]
pub(super) async fn list_jobs(
    jobs: Data<JobService>,
    _: Require<JobsRead>,
    query: ListQuery<JobFilter>,
) -> Result<HttpResponse, ApiError> {
    let page = jobs.list(&query.filter.parse(&query.page)?).await?;
    Ok(query.respond(page, JobBody::from))
}
