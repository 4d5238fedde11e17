//! `GET /users/me/permissions`.

use actix_web::{HttpResponse, get};
use aws_lc_rs::digest::{SHA256, digest};
use mainstay_domain::{Permission, Principal, RoleName, Version};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{AnyCaller, ETag, IfNoneMatch};

/// What the caller may do.
#[derive(Serialize, ToSchema)]
#[schema(as = MyPermissions)]
pub(super) struct MyPermissionsBody {
    /// Roles held, sorted by name.
    #[schema(example = json!(["support", "user"]))]
    roles: Vec<String>,
    /// Everything the roles grant, sorted by name; with an API key, what its scopes leave of
    /// that.
    #[schema(example = json!(["users:read"]))]
    permissions: Vec<String>,
}

impl From<&Principal> for MyPermissionsBody {
    fn from(caller: &Principal) -> Self {
        Self {
            roles: caller.user.roles.iter().map(RoleName::to_string).collect(),
            permissions: caller.permissions.iter().map(Permission::to_string).collect(),
        }
    }
}

impl MyPermissionsBody {
    /// A number that changes with the content.
    fn version(&self) -> Version {
        let text = [self.roles.join(" "), self.permissions.join(" ")].join("\n");
        let digest = digest(&SHA256, text.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&digest.as_ref()[..8]);
        Version::from_be_bytes(first)
    }
}

/// Read own permissions
///
/// For front ends that show only what the caller may do. A change applies at once, so ask
/// again with `If-None-Match`.
#[utoipa::path(
    operation_id = "get_my_permissions",
    tag = "me",
    security(("bearer" = []), ("api_key" = [])),
    params(("If-None-Match" = Option<String>, Header, description = "Answer 304 if they still have this ETag.")),
    responses(
        (status = 200, description = "What the caller may do.", body = MyPermissionsBody, headers(("ETag" = String, description = "Changes with the permissions."))),
        (status = 304, description = "Nothing has changed."),
    ),
)]
#[get("/me/permissions")]
pub(super) async fn get_my_permissions(caller: AnyCaller, if_none_match: IfNoneMatch) -> HttpResponse {
    let body = MyPermissionsBody::from(&**caller);
    let tag = ETag::of(format!("permissions-{}", caller.user.id), body.version());
    if_none_match.answer(&tag, || body)
}
