//! The outermost middleware: id, span, metrics, access line, panics, problems, headers.
//!
//! It is one middleware instead of seven, because each costs an allocation and a future.

use std::{
    any::Any,
    fmt,
    future::{Future, Ready, ready},
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::Arc,
};

use actix_web::{
    Error, HttpResponse, ResponseError,
    body::{BodySize, EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderValue, VARY,
        },
    },
};
use futures::{FutureExt as _, future::LocalBoxFuture};
use tracing::Instrument as _;

use super::{
    access_log, exchange::Exchange, metrics::HttpMetrics, render, security_headers::SecurityHeaders,
};
use crate::{
    error::{ApiError, ErrorCode},
    extract::TrustedProxies,
    settings::{HttpSettings, RequestTrace},
};

/// See the module.
#[derive(Debug, Clone)]
pub struct Observe {
    proxies: TrustedProxies,
    headers: SecurityHeaders,
    cors_origins: Vec<String>,
    credentials: bool,
    quiet_health: bool,
    trace: Option<Arc<dyn RequestTrace>>,
}

impl Observe {
    /// The middleware for these settings.
    #[must_use]
    pub fn new(settings: &HttpSettings) -> Self {
        Self {
            proxies: settings.trusted_proxies.clone(),
            headers: SecurityHeaders::new(settings.hsts),
            cors_origins: settings.cors_origins.clone(),
            credentials: settings.cookie_mode.is_some(),
            quiet_health: settings.quiet_health,
            trace: settings.trace.clone(),
        }
    }

    /// The value of `Access-Control-Allow-Origin`, if this origin may read answers.
    fn allowed_origin(&self, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
        let origin = origin?;
        let listed = |allowed: &String| allowed == "*" || allowed.as_bytes() == origin.as_bytes();
        self.cors_origins.iter().any(listed).then(|| origin.clone())
    }
}

impl<S, B> Transform<S, ServiceRequest> for Observe
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = ObserveService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(ObserveService {
            service,
            shared: Rc::new(Shared {
                settings: self.clone(),
                metrics: HttpMetrics::new(),
            }),
        }))
    }
}

struct Shared {
    settings: Observe,
    metrics: HttpMetrics,
}

/// The running middleware of one worker.
pub struct ObserveService<S> {
    service: S,
    shared: Rc<Shared>,
}

impl<S, B> Service<ServiceRequest> for ObserveService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let shared = Rc::clone(&self.shared);
        let in_flight = shared.metrics.enter();
        let exchange = Exchange::begin(&mut request, &shared.settings.proxies);
        if let Some(trace) = &shared.settings.trace {
            trace.begin(&exchange.span, request.headers());
        }
        let span = exchange.span.clone();
        // Extractors and handlers may panic before they return a future.
        let called = span.in_scope(|| catch_unwind(AssertUnwindSafe(|| self.service.call(request))));
        let answer = async move {
            let outcome = settle(called).await;
            let answer = shared.finish(&exchange, outcome);
            drop(in_flight);
            answer
        };
        Box::pin(answer.instrument(span))
    }
}

/// Awaits the inner services and turns a panic into an error.
async fn settle<F, T>(called: Result<F, Box<dyn Any + Send>>) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let outcome = match called {
        Ok(future) => AssertUnwindSafe(future).catch_unwind().await,
        Err(panic) => Err(panic),
    };
    outcome.unwrap_or_else(|panic| {
        tracing::error!(panic = panic_message(&*panic), "a handler panicked");
        Err(ApiError::new(ErrorCode::INTERNAL).into())
    })
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

impl Shared {
    fn finish<B: MessageBody + 'static>(
        &self,
        exchange: &Exchange,
        outcome: Result<ServiceResponse<B>, Error>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        match outcome {
            Ok(response) => {
                let mut response = render::answer(exchange, response);
                self.decorate(exchange, response.headers_mut());
                let size = response.response().body().size();
                self.record(exchange, response.status(), size);
                Ok(response)
            }
            Err(error) => {
                let mut response = render::orphan(exchange, &error);
                self.decorate(exchange, response.headers_mut());
                self.allow_origin(exchange, response.headers_mut());
                self.record(exchange, response.status(), response.body().size());
                Err(Orphan::of(response).into())
            }
        }
    }

    fn decorate(&self, exchange: &Exchange, headers: &mut HeaderMap) {
        self.settings.headers.apply(headers, &exchange.context.request_id);
    }

    /// An error that lost its request passed the CORS middleware by; without these headers a
    /// browser would hide it from the page.
    fn allow_origin(&self, exchange: &Exchange, headers: &mut HeaderMap) {
        if let Some(origin) = self.settings.allowed_origin(exchange.origin.as_ref()) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            if self.settings.credentials {
                headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
            headers.insert(VARY, HeaderValue::from_static("Origin"));
        }
    }

    fn record(&self, exchange: &Exchange, status: StatusCode, size: BodySize) {
        if let Some(trace) = &self.settings.trace {
            trace.end(&exchange.span, status);
        }
        let (status, took) = (status.as_u16(), exchange.started.elapsed());
        self.metrics
            .record(&exchange.method, exchange.route(), status, took);
        access_log::write(exchange, status, size, took, self.settings.quiet_health);
    }
}

/// A finished answer without its request, which actix lets a middleware return only as an error.
struct Orphan {
    status: StatusCode,
    headers: HeaderMap,
    body: actix_web::web::Bytes,
}

impl Orphan {
    fn of(response: HttpResponse) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().try_into_bytes().unwrap_or_default();
        Self {
            status,
            headers,
            body,
        }
    }
}

impl fmt::Debug for Orphan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)
    }
}

impl fmt::Display for Orphan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)
    }
}

impl ResponseError for Orphan {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status);
        *response.headers_mut() = self.headers.clone();
        response.set_body(actix_web::body::BoxBody::new(self.body.clone()))
    }
}
