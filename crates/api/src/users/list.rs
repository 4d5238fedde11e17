//! `GET /users`.

use actix_web::{HttpResponse, get, web::Data};
use chrono::{DateTime, Utc};
use mainstay_domain::{InvalidValue, PageRequest, RoleName, UserFilter, UserQuery, UserSort, UserStatus};
use mainstay_services::users::UserService;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::UserBody;
use crate::{
    error::{ApiError, FieldErrors},
    extract::{ListBody, ListQuery, PageParams, Require, UsersRead},
};

/// Statuses to filter by.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum StatusParam {
    Active,
    Disabled,
    Invited,
    Deleted,
}

/// Orders; `-` means largest first.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
enum SortParam {
    #[default]
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
    #[serde(rename = "email")]
    Email,
    #[serde(rename = "-email")]
    EmailDescending,
    #[serde(rename = "last_login_at")]
    LastLoginAt,
    #[serde(rename = "-last_login_at")]
    LastLoginAtDescending,
}

impl SortParam {
    fn order(self) -> (UserSort, bool) {
        match self {
            Self::CreatedAt => (UserSort::CreatedAt, false),
            Self::CreatedAtDescending => (UserSort::CreatedAt, true),
            Self::UpdatedAt => (UserSort::UpdatedAt, false),
            Self::UpdatedAtDescending => (UserSort::UpdatedAt, true),
            Self::Email => (UserSort::Email, false),
            Self::EmailDescending => (UserSort::Email, true),
            Self::LastLoginAt => (UserSort::LastLoginAt, false),
            Self::LastLoginAtDescending => (UserSort::LastLoginAt, true),
        }
    }
}

/// Which users to list, and in which order.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UserFilterParams {
    /// Text somewhere in address or names, without regard to case.
    #[validate(length(min = 1, max = 100))]
    #[param(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$",
        example = "ada"
    )]
    q: Option<String>,
    /// Only this status. Without it deleted users are left out.
    #[param(inline)]
    status: Option<StatusParam>,
    /// Only holders of this role.
    #[param(
        min_length = 2,
        max_length = 32,
        pattern = "^[a-z][a-z0-9_-]*$",
        example = "admin"
    )]
    role: Option<String>,
    /// Only verified, or only unverified, addresses.
    email_verified: Option<bool>,
    /// Created at or after.
    created_since: Option<DateTime<Utc>>,
    /// Created before.
    created_until: Option<DateTime<Utc>>,
    /// Order; `-` means largest first.
    #[serde(default)]
    #[param(inline, required = false)]
    sort: SortParam,
}

impl UserFilterParams {
    fn parse(&self, page: &PageRequest) -> Result<UserQuery, ApiError> {
        let mut errors = FieldErrors::new();
        let role = errors.check_optional("role", self.role.as_deref(), RoleName::parse);
        let text = errors.check_optional("q", self.q.as_deref(), search_text);
        errors.finish()?;
        let (sort, descending) = self.sort.order();
        Ok(UserQuery {
            filter: UserFilter {
                text: text.flatten(),
                status: self.status.map(|status| match status {
                    StatusParam::Active => UserStatus::Active,
                    StatusParam::Disabled => UserStatus::Disabled,
                    StatusParam::Invited => UserStatus::Invited,
                    StatusParam::Deleted => UserStatus::Deleted,
                }),
                role: role.flatten(),
                email_verified: self.email_verified,
                created_since: self.created_since,
                created_until: self.created_until,
            },
            sort,
            descending,
            page: page.clone(),
        })
    }
}

/// PostgreSQL keeps no NUL, and nobody's name has a control character in it.
fn search_text(raw: &str) -> Result<String, InvalidValue> {
    if raw.chars().any(char::is_control) {
        return Err(InvalidValue::new(
            "INVALID_SEARCH",
            "must not contain control characters",
        ));
    }
    Ok(raw.to_owned())
}

/// List users
///
/// Needs `users:read`.
#[utoipa::path(
    operation_id = "list_users",
    tag = "users",
    security(("bearer" = []), ("api_key" = [])),
    params(PageParams, UserFilterParams),
    responses((status = 200, description = "A page of users.", body = ListBody<UserBody>)),
)]
#[get("")]
pub(super) async fn list_users(
    users: Data<UserService>,
    _: Require<UsersRead>,
    query: ListQuery<UserFilterParams>,
) -> Result<HttpResponse, ApiError> {
    let page = users.list(&query.filter.parse(&query.page)?).await?;
    Ok(query.respond(page.as_ref(), UserBody::from))
}
