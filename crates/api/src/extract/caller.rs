//! Who is calling.

use std::{ops::Deref, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, HeaderName},
    web::Data,
};
use futures::future::LocalBoxFuture;
use mainstay_domain::{CredentialId, Principal, SessionId};

use super::Authenticator;
use crate::error::{ApiError, ErrorCode};

/// Where API keys may come instead of `Authorization`.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// A person who logged in. A handler that takes it is closed to strangers (401), and to API
/// keys (403 `SESSION_REQUIRED`): nothing that only a scope could guard is open to a key by
/// accident. [`Require`](super::Require) and [`AnyCaller`] let keys in.
#[derive(Debug, Clone)]
pub struct Caller {
    principal: Arc<Principal>,
    session: SessionId,
}

impl Caller {
    /// The session the request was made with.
    #[must_use]
    pub const fn session_id(&self) -> SessionId {
        self.session
    }
}

impl Deref for Caller {
    type Target = Arc<Principal>;

    fn deref(&self) -> &Arc<Principal> {
        &self.principal
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let principal = authenticate(&request).await?;
            let session = principal.session().map(|session| session.id);
            let session = session.ok_or_else(|| ApiError::new(ErrorCode::SESSION_REQUIRED))?;
            Ok(Self { principal, session })
        })
    }
}

/// Whoever is known: a person who logged in, or a program with an API key of theirs, whatever
/// its scopes. For what every key of a user may do.
#[derive(Debug, Clone)]
pub struct AnyCaller(pub Arc<Principal>);

impl Deref for AnyCaller {
    type Target = Arc<Principal>;

    fn deref(&self) -> &Arc<Principal> {
        &self.0
    }
}

impl FromRequest for AnyCaller {
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
    let sent = sent(request)?.ok_or_else(|| ApiError::new(ErrorCode::UNAUTHENTICATED))?;
    let authenticator = authenticator(request)?;
    let principal = match sent {
        Sent::Bearer(token) => authenticator.authenticate(token).await?,
        Sent::ApiKey(key) => authenticator.authenticate_api_key(key).await?,
    };
    let span = tracing::Span::current();
    span.record("user_id", tracing::field::display(principal.user.id));
    match principal.credential_id() {
        CredentialId::Session(id) => span.record("session_id", tracing::field::display(id)),
        CredentialId::ApiKey(id) => span.record("api_key_id", tracing::field::display(id)),
    };
    request.extensions_mut().insert(AnyCaller(Arc::clone(&principal)));
    Ok(principal)
}

/// What knows whose token it is.
pub(super) fn authenticator(request: &HttpRequest) -> Result<&Data<dyn Authenticator>, ApiError> {
    request.app_data::<Data<dyn Authenticator>>().ok_or_else(|| {
        tracing::error!("no Authenticator is registered as app data");
        ApiError::new(ErrorCode::INTERNAL)
    })
}

/// The principal, if an extractor has already asked.
pub(super) fn known_principal(request: &HttpRequest) -> Option<Arc<Principal>> {
    request
        .extensions()
        .get::<AnyCaller>()
        .map(|known| Arc::clone(&known.0))
}

/// What a request authenticates with.
enum Sent<'a> {
    Bearer(&'a str),
    ApiKey(&'a str),
}

/// A request that names two callers is refused: whatever stands in between may have looked at
/// the other one.
fn sent(request: &HttpRequest) -> Result<Option<Sent<'_>>, ApiError> {
    let ambiguous = || {
        ApiError::new(ErrorCode::INVALID_HEADER)
            .detail("Authorization and X-API-Key must not name different credentials; send one.")
    };
    let bearer = bearer_token(request);
    let mut keys = request.headers().get_all(API_KEY);
    let Some(key) = keys.next() else {
        return Ok(bearer.map(Sent::Bearer));
    };
    let key = key.to_str().unwrap_or_default().trim();
    if keys.next().is_some() || bearer.is_some_and(|bearer| bearer != key) {
        return Err(ambiguous());
    }
    Ok(Some(Sent::ApiKey(key)))
}

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1). Tokens in the query or in a
/// form are never looked at: they end up in logs.
pub(crate) fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    // Of two, something on the way may have judged the other.
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let value = value.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
