//! Callers who proved lately who they are.

use std::{ops::Deref, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures::future::LocalBoxFuture;
use mainstay_domain::Principal;

use super::{Caller, caller::authenticator};
use crate::error::ApiError;

/// A caller who proved lately who they are, with a second factor if they have one; anybody
/// else gets `REAUTHENTICATION_REQUIRED`. For operations that a thief of a session would
/// begin with.
#[derive(Debug, Clone)]
pub struct RecentCaller(Caller);

impl Deref for RecentCaller {
    type Target = Arc<Principal>;

    fn deref(&self) -> &Arc<Principal> {
        &self.0
    }
}

impl FromRequest for RecentCaller {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = Caller::extract(&request).await?;
            authenticator(&request)?.require_recent(&caller).await?;
            Ok(Self(caller))
        })
    }
}
