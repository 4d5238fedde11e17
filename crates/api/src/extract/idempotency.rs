//! `Idempotency-Key`: a creating POST that can be repeated without creating twice.

use std::{
    future::{Future, Ready, ready},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse,
    body::to_bytes,
    dev::Payload,
    http::{
        StatusCode,
        header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION},
    },
    web::{Bytes, Data},
};
use aws_lc_rs::digest;
use chrono::TimeDelta;
use mainstay_domain::{IdempotencyRecord, StoredResponse, TokenHash};
use mainstay_repositories::Store;
use tracing::Instrument as _;

use super::caller::known_principal;
use crate::{
    error::{ApiError, ErrorCode, PROBLEM_JSON, Problem},
    middleware::{RequestContext, RequestTimeout},
    now::now,
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How long an answer is repeated.
const KEEP: TimeDelta = TimeDelta::hours(24);
/// A claim without an answer for twice as long as a request may take, and this, belonged to a process
/// that died: work goes on after a request ran out of time, but every call in it has a limit of its own.
const GRACE: TimeDelta = TimeDelta::seconds(15);

/// SHA-256 of the body, left behind by the extractor that read it.
#[derive(Clone, Copy)]
pub(super) struct BodyFingerprint(TokenHash);

impl BodyFingerprint {
    /// Computes it only for requests that will need it.
    pub(super) fn remember(request: &HttpRequest, body: &Bytes) {
        if request.headers().contains_key(KEY) {
            request.extensions_mut().insert(Self(sha256(&[body])));
        }
    }

    fn of(request: &HttpRequest) -> TokenHash {
        let known = request.extensions().get::<Self>().map(|known| known.0);
        known.unwrap_or_else(|| sha256(&[]))
    }
}

/// Runs a creating handler at most once for every `Idempotency-Key`:
/// `idempotent.run(async move { … }).await`.
#[derive(Debug, Clone)]
pub struct Idempotent {
    request: HttpRequest,
    key: Option<String>,
}

impl FromRequest for Idempotent {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_key(request).map(|key| Self {
            request: request.clone(),
            key,
        }))
    }
}

fn read_key(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let mut values = request.headers().get_all(KEY);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let bytes = value.as_bytes();
    let valid = (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    match value.to_str() {
        Ok(key) if valid && values.next().is_none() => Ok(Some(key.to_owned())),
        _ => Err(ApiError::new(ErrorCode::INVALID_HEADER)
            .detail("Idempotency-Key must be 1 to 255 visible ASCII characters, sent once.")),
    }
}

impl Idempotent {
    /// Runs `work`, or repeats the answer it gave before. With a key, `work` is carried
    /// through even if the client goes away or the time limit strikes, so that a repetition
    /// finds the answer instead of creating twice.
    ///
    /// # Errors
    /// What `work` returns; `IDEMPOTENCY_IN_PROGRESS`; `IDEMPOTENCY_KEY_REUSED`.
    pub async fn run<F>(&self, work: F) -> Result<HttpResponse, ApiError>
    where
        F: Future<Output = Result<HttpResponse, ApiError>> + 'static,
    {
        let Some(key) = &self.key else {
            return work.await;
        };
        let claim = Arc::new(Claim::new(&self.request, key)?);
        if let Some(earlier) = claim.take().await? {
            return claim.replay(earlier);
        }
        let problem_context = ProblemContext::of(&self.request);
        let running = Arc::clone(&claim);
        // Whoever finds the claim later takes it for abandoned.
        let longest = (claim.abandoned - GRACE / 2).to_std().unwrap_or_default();
        let task = async move {
            let outcome = tokio::time::timeout(longest, work).await;
            let outcome = outcome.unwrap_or_else(|_| Err(ApiError::new(ErrorCode::TIMEOUT)));
            running.settle(outcome, &problem_context).await
        };
        match actix_web::rt::spawn(task.in_current_span()).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "an idempotent request broke off");
                claim.release().await;
                Err(ApiError::new(ErrorCode::INTERNAL))
            }
        }
    }
}

/// What a stored problem document needs to know.
struct ProblemContext {
    path: String,
    request_id: String,
}

impl ProblemContext {
    fn of(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        let context = extensions.get::<RequestContext>();
        Self {
            path: request.path().to_owned(),
            request_id: context.map_or_else(String::new, |context| context.request_id.to_string()),
        }
    }
}

/// A key that this request wants to be the first to use.
struct Claim {
    /// How old a claim without an answer is that nobody works on any more.
    abandoned: TimeDelta,
    store: Arc<dyn Store>,
    record: IdempotencyRecord,
}

impl Claim {
    fn new(request: &HttpRequest, key: &str) -> Result<Self, ApiError> {
        let store = request.app_data::<Data<dyn Store>>().ok_or_else(|| {
            tracing::error!("no Store is registered as app data");
            ApiError::new(ErrorCode::INTERNAL)
        })?;
        let owner = owner_of(request);
        let (method, path) = (request.method().as_str(), request.path());
        let parts = [owner.as_str(), method, path, key].map(str::as_bytes);
        let longest = request.app_data::<RequestTimeout>().map(|limit| limit.0);
        let longest = longest.and_then(|limit| TimeDelta::from_std(limit).ok());
        Ok(Self {
            abandoned: longest.unwrap_or(TimeDelta::hours(1)) * 2 + GRACE,
            store: Arc::clone(store),
            record: IdempotencyRecord {
                key: sha256(&parts),
                fingerprint: BodyFingerprint::of(request),
                response: None,
                expires_at: now() + KEEP,
            },
        })
    }

    /// Claims the key; returns the record of an earlier request that holds it.
    async fn take(&self) -> Result<Option<IdempotencyRecord>, ApiError> {
        let keys = self.store.read().idempotency();
        let now = now();
        let Some(earlier) = keys.claim(&self.record, now).await? else {
            return Ok(None);
        };
        let age = KEEP - (earlier.expires_at - now);
        if earlier.response.is_none() && age > self.abandoned {
            keys.release(&earlier).await?;
            return Ok(keys.claim(&self.record, now).await?);
        }
        Ok(Some(earlier))
    }

    fn replay(&self, earlier: IdempotencyRecord) -> Result<HttpResponse, ApiError> {
        if earlier.fingerprint != self.record.fingerprint {
            return Err(ApiError::new(ErrorCode::IDEMPOTENCY_KEY_REUSED));
        }
        let Some(stored) = earlier.response else {
            return Err(ApiError::new(ErrorCode::IDEMPOTENCY_IN_PROGRESS).retry_after(Duration::from_secs(1)));
        };
        let mut response = answer(&stored);
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }

    /// Keeps the answer, or gives the key back if trying again may end differently.
    async fn settle(
        &self,
        outcome: Result<HttpResponse, ApiError>,
        context: &ProblemContext,
    ) -> Result<HttpResponse, ApiError> {
        let keys = self.store.read().idempotency();
        let stored = match outcome {
            Err(error) if !is_final(error.code().status()) => {
                self.release().await;
                return Err(error);
            }
            Ok(response) if !is_final(response.status()) => {
                self.release().await;
                return Ok(response);
            }
            Err(error) => stored_error(&error, context),
            Ok(response) => stored_answer(response).await?,
        };
        self.log_failure(keys.complete(&self.record, &stored).await);
        Ok(answer(&stored))
    }

    async fn release(&self) {
        self.log_failure(self.store.read().idempotency().release(&self.record).await);
    }

    /// The work is done by now; failing to remember it must not make it look undone.
    fn log_failure(&self, result: mainstay_repositories::Result<()>) {
        if let Err(error) = result {
            tracing::error!(%error, "an idempotency key could not be settled");
        }
    }
}

/// Who uses the key; two callers never share one.
fn owner_of(request: &HttpRequest) -> String {
    if let Some(principal) = known_principal(request) {
        return principal.user.id.to_string();
    }
    let extensions = request.extensions();
    let ip = extensions
        .get::<RequestContext>()
        .and_then(|context| context.client_ip);
    ip.map_or_else(String::new, |ip| ip.to_string())
}

/// Server errors and throttling pass; everything else would come out the same again.
fn is_final(status: StatusCode) -> bool {
    !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS
}

fn stored_error(error: &ApiError, context: &ProblemContext) -> StoredResponse {
    StoredResponse {
        status: error.code().status().as_u16(),
        location: None,
        etag: None,
        body: Problem::of_error(error, &context.path, &context.request_id).to_json(),
    }
}

async fn stored_answer(response: HttpResponse) -> Result<StoredResponse, ApiError> {
    let header = |name: &HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let (status, location, etag) = (response.status().as_u16(), header(&LOCATION), header(&ETAG));
    let body = to_bytes(response.into_body()).await.map_err(|error| {
        tracing::error!(%error, "an answer could not be read back");
        ApiError::new(ErrorCode::INTERNAL)
    })?;
    Ok(StoredResponse {
        status,
        location,
        etag,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

fn answer(stored: &StoredResponse) -> HttpResponse {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    if let Some(location) = &stored.location {
        builder.insert_header((LOCATION, location.as_str()));
    }
    if let Some(etag) = &stored.etag {
        builder.insert_header((ETAG, etag.as_str()));
    }
    let json = if status.is_success() {
        "application/json"
    } else {
        PROBLEM_JSON
    };
    builder
        .insert_header((CONTENT_TYPE, json))
        .body(stored.body.clone())
}

/// SHA-256 over parts, each preceded by its length.
fn sha256(parts: &[&[u8]]) -> TokenHash {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    TokenHash(hash)
}
