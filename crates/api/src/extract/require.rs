//! Authorization in a handler's signature.

use std::{marker::PhantomData, ops::Deref, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures::future::LocalBoxFuture;
use mainstay_domain::{Permission, Principal};

use super::caller::authenticate;
use crate::error::{ApiError, ErrorCode};

/// Names the permission behind a marker type.
pub trait RequiredPermission: 'static {
    /// The permission.
    const PERMISSION: Permission;
}

/// Makes a marker type for [`Require`]:
/// `permission_marker!(pub NotesWrite = Permission::new("notes:write"));`
#[macro_export]
macro_rules! permission_marker {
    ($(#[$doc:meta])* $visibility:vis $name:ident = $permission:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        $visibility struct $name;

        impl $crate::extract::RequiredPermission for $name {
            const PERMISSION: $crate::prelude::Permission = $permission;
        }
    };
}

permission_marker!(
    /// Asks for `users:read`.
    pub UsersRead = Permission::USERS_READ
);
permission_marker!(
    /// Asks for `users:write`.
    pub UsersWrite = Permission::USERS_WRITE
);
permission_marker!(
    /// Asks for `roles:read`.
    pub RolesRead = Permission::ROLES_READ
);
permission_marker!(
    /// Asks for `roles:write`.
    pub RolesWrite = Permission::ROLES_WRITE
);
permission_marker!(
    /// Asks for `audit:read`.
    pub AuditRead = Permission::AUDIT_READ
);
permission_marker!(
    /// Asks for `jobs:read`.
    pub JobsRead = Permission::JOBS_READ
);
permission_marker!(
    /// Asks for `jobs:manage`.
    pub JobsManage = Permission::JOBS_MANAGE
);
permission_marker!(
    /// Asks for `system:manage`.
    pub SystemManage = Permission::SYSTEM_MANAGE
);

permission_marker!(
    /// Asks for `storage:buckets`.
    pub StorageBuckets = Permission::STORAGE_BUCKETS
);

/// A caller who holds the permission `P`; anybody else gets 401 or 403.
#[derive(Debug, Clone)]
pub struct Require<P> {
    /// The caller.
    pub principal: Arc<Principal>,
    permission: PhantomData<P>,
}

impl<P> Deref for Require<P> {
    type Target = Arc<Principal>;

    fn deref(&self) -> &Arc<Principal> {
        &self.principal
    }
}

impl<P: RequiredPermission> FromRequest for Require<P> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let principal = authenticate(&request).await?;
            if !principal.may(&P::PERMISSION) {
                return Err(denied(&P::PERMISSION));
            }
            Ok(Self {
                principal,
                permission: PhantomData,
            })
        })
    }
}

fn denied(permission: &Permission) -> ApiError {
    ApiError::new(ErrorCode::PERMISSION_DENIED).detail(format!("This needs the permission {permission}."))
}
