//! Who is calling.

use std::{ops::Deref, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::header::AUTHORIZATION, web::Data,
};
use futures::future::LocalBoxFuture;
use mainstay_domain::Principal;

use super::Authenticator;
use crate::error::{ApiError, ErrorCode};

/// The authenticated caller. A handler that takes it is closed to everybody else.
#[derive(Debug, Clone)]
pub struct Caller(pub Arc<Principal>);

impl Deref for Caller {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(&request).await.map(Self) })
    }
}

/// Authenticates once a request, however many extractors ask.
pub(super) async fn authenticate(request: &HttpRequest) -> Result<Arc<Principal>, ApiError> {
    if let Some(known) = known_principal(request) {
        return Ok(known);
    }
    let token = bearer_token(request).ok_or_else(|| ApiError::new(ErrorCode::UNAUTHENTICATED))?;
    let authenticator = request.app_data::<Data<dyn Authenticator>>().ok_or_else(|| {
        tracing::error!("no Authenticator is registered as app data");
        ApiError::new(ErrorCode::INTERNAL)
    })?;
    let principal = authenticator.authenticate(token).await?;
    let span = tracing::Span::current();
    span.record("user_id", tracing::field::display(principal.user.id));
    span.record("session_id", tracing::field::display(principal.session.id));
    request.extensions_mut().insert(Caller(Arc::clone(&principal)));
    Ok(principal)
}

/// The principal, if an extractor has already asked.
pub(super) fn known_principal(request: &HttpRequest) -> Option<Arc<Principal>> {
    request
        .extensions()
        .get::<Caller>()
        .map(|known| Arc::clone(&known.0))
}

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1). Tokens in the query or in a
/// form are never looked at: they end up in logs.
pub(crate) fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
