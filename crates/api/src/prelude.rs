//! What the file of a handler begins with: `use mainstay_api::prelude::*;`.
//!
//! Macros write out the paths of their own crates, so a product still depends on `actix-web`,
//! `serde`, `utoipa` and `validator` for them.

pub use actix_web::{HttpResponse, delete, get, patch, post, put, web::Data};
pub use chrono::{DateTime, Utc};
pub use mainstay_domain::Permission;
pub use serde::{Deserialize, Serialize};
pub use utoipa::{IntoParams, ToSchema};
pub use utoipa_actix_web::service_config::ServiceConfig;
pub use uuid::Uuid;
pub use validator::Validate;

pub use crate::{
    error::{ApiError, ErrorCode, FieldErrors},
    extract::*,
    permission_marker,
};

/// What a handler returns.
pub type Answer = Result<HttpResponse, ApiError>;
