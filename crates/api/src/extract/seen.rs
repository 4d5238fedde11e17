//! Which resource a client wants to change, and what it has seen of it.

use std::{
    fmt,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use mainstay_domain::Version;
use uuid::Uuid;

use super::{IdPath, IfMatch};
use crate::error::ApiError;

/// The id in the path, and the version that `If-Match` names, for a service that compares both
/// in one statement. Without a condition, any version will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen<T> {
    /// Which resource.
    pub id: T,
    /// Which version of it. A condition that names none of this resource's becomes 0, which no
    /// resource has: whether there is such a resource at all is to be answered first.
    pub version: Option<Version>,
}

impl<T: From<Uuid> + Copy + fmt::Display> FromRequest for Seen<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let id = IdPath::<T>::from_request(request, payload).into_inner();
        let condition = IfMatch::from_request(request, payload).into_inner();
        ready(id.and_then(|IdPath(id)| {
            let version = condition?.version_of(id).unwrap_or(Some(0));
            Ok(Self { id, version })
        }))
    }
}
