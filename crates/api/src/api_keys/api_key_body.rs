//! An API key as its owner sees it.

use chrono::{DateTime, Utc};
use mainstay_domain::{ApiKey, Permission};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A key for a program.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct ApiKeyBody {
    /// Identity.
    id: Uuid,
    /// What its owner calls it.
    #[schema(example = "nightly report")]
    name: String,
    /// What the key begins with; tells which key a leaked one is.
    #[schema(example = "mst_ak_019ab8f07c3a7d4e9f215b6c7d8e9f0a")]
    prefix: String,
    /// The most it may ever do.
    #[schema(example = json!(["users:read"]))]
    scopes: Vec<String>,
    /// Requests a minute; null for the server's own limit.
    #[schema(required, example = 60)]
    rate_limit: Option<i32>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last used, to within two minutes.
    #[schema(required)]
    last_used_at: Option<DateTime<Utc>>,
    /// When it stops working; null for never.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
}

impl From<ApiKey> for ApiKeyBody {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id.uuid(),
            name: key.name.to_string(),
            prefix: format!("mst_ak_{}", key.id.uuid().simple()),
            scopes: key.scopes.iter().map(Permission::to_string).collect(),
            rate_limit: key.rate_limit,
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
        }
    }
}
