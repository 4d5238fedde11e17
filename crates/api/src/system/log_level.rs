//! `GET` and `PUT /system/log-level`.

use std::time::Duration;

use actix_web::{HttpResponse, get, put, web::Data};
use chrono::{DateTime, Utc};
use mainstay_services::{
    ports::LogLevel,
    system::{NewLogLevel, SystemService},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    error::{ApiError, Problem},
    extract::{RequestOrigin, Require, SystemManage, ValidJson},
};

/// What a process logs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogLevel)]
struct LogLevelBody {
    /// A level, or a filter such as `info,mainstay_api=debug`.
    #[schema(example = "debug")]
    level: String,
    /// What the configuration says.
    #[schema(example = "info")]
    configured: String,
    /// When the configured level returns; null if it is in force, or a signal changed it.
    #[schema(required)]
    until: Option<DateTime<Utc>>,
}

impl From<LogLevel> for LogLevelBody {
    fn from(level: LogLevel) -> Self {
        Self {
            level: level.level,
            configured: level.configured,
            until: level.until,
        }
    }
}

/// What is to be logged for a while.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetLogLevel)]
pub(super) struct SetLogLevelBody {
    /// `error`, `warn`, `info`, `debug`, `trace` or `off`, or a filter such as `info,mainstay_api=debug`.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "debug")]
    level: String,
    /// After so many seconds the configured level returns; a day at most.
    #[serde(default = "ten_minutes")]
    #[validate(range(min = 1, max = 86_400))]
    #[schema(required = false, minimum = 1, maximum = 86_400, default = 600, example = 600)]
    for_seconds: i64,
}

const fn ten_minutes() -> i64 {
    600
}

/// Tell what this process logs
///
/// Needs `system:manage`. Only the process that answers is asked; others may log something else.
#[utoipa::path(
    operation_id = "get_log_level",
    tag = "system",
    security(("bearer" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "What is logged.", body = LogLevelBody),
        (status = 409, description = "CONFLICT: something else decides what this process logs", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/log-level")]
pub(super) async fn get_log_level(
    system: Data<SystemService>,
    _: Require<SystemManage>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(LogLevelBody::from(system.log_level()?)))
}

/// Change what this process logs for a while
///
/// Needs `system:manage`. Only the process that answers changes, until the time is over or it ends; the
/// configured level then returns by itself. Noted in the audit log.
#[utoipa::path(
    operation_id = "set_log_level",
    tag = "system",
    security(("bearer" = []), ("api_key" = [])),
    request_body = SetLogLevelBody,
    responses(
        (status = 200, description = "What is logged from now on.", body = LogLevelBody),
        (status = 409, description = "CONFLICT: something else decides what this process logs", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[put("/log-level")]
pub(super) async fn set_log_level(
    system: Data<SystemService>,
    actor: Require<SystemManage>,
    origin: RequestOrigin,
    body: ValidJson<SetLogLevelBody>,
) -> Result<HttpResponse, ApiError> {
    let new = NewLogLevel {
        level: body.0.level,
        lasts: Duration::from_secs(body.0.for_seconds.unsigned_abs()),
    };
    let level = system.set_log_level(&actor, new, &origin.0).await?;
    Ok(HttpResponse::Ok().json(LogLevelBody::from(level)))
}
