//! Putting it together: routes, middleware and state.

use std::sync::{Arc, OnceLock};

use actix_cors::Cors;
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::header,
    middleware::{Compress, Condition, from_fn},
    web::{self, Data},
};
use mainstay_domain::AuditKind;
use mainstay_repositories::Store;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt as _, UtoipaApp, service_config::ServiceConfig};

use crate::{
    auth::FrontEnd,
    docs::{self, ApiDocument},
    extract::Authenticator,
    fallback::{RouteTable, fallback},
    middleware::{Observe, RequestTimeout, deadline, spare_small_bodies},
    openapi,
    settings::HttpSettings,
    system::{self, MetricsRenderer, SystemState},
};

/// Mounts routes, and registers the app data they need; a product brings its own.
pub type Routes = Arc<dyn Fn(&mut ServiceConfig<'_>) + Send + Sync>;

/// What all workers share.
#[derive(Clone)]
pub struct ApiState {
    /// State of the system endpoints.
    pub system: Arc<SystemState>,
    /// Where data is kept.
    pub store: Arc<dyn Store>,
    /// Knows whose token it is.
    pub authenticator: Arc<dyn Authenticator>,
    /// Writes the figures for Prometheus, if there are any.
    pub metrics: Option<MetricsRenderer>,
    /// The kinds of audit events of the product's own.
    pub audit_kinds: Vec<AuditKind>,
    /// The OpenAPI document; the first worker fills it.
    pub document: Arc<OnceLock<ApiDocument>>,
}

/// Mounts the routes of Mainstay.
pub fn configure(config: &mut ServiceConfig<'_>) {
    system::configure(config);
}

/// The whole application: Mainstay's routes, the products' routes, and everything around them.
/// It is built once for every worker.
pub fn build_app(
    settings: &HttpSettings,
    state: &ApiState,
    products: &[Routes],
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let (app, document) = mount(App::new(), state, products).split_for_parts();
    let table = Data::new(RouteTable::new(&document, &extra_paths(settings)));
    let document = state
        .document
        .get_or_init(|| finish_document(document, state))
        .clone();
    app.app_data(table)
        .app_data(Data::new(document))
        .configure(|config| app_data(config, settings, state))
        .configure(|config| optional_routes(config, settings))
        .default_service(web::to(fallback))
        // Innermost first.
        .wrap(from_fn(deadline))
        .wrap(from_fn(spare_small_bodies))
        .wrap(Compress::default())
        .wrap(Condition::new(!settings.cors_origins.is_empty(), cors(settings)))
        .wrap(Observe::new(settings))
}

/// An application for a port of its own, behind the firewall: health, metrics and documents,
/// whatever the settings say about them on the public port.
pub fn build_management_app(
    settings: &HttpSettings,
    state: &ApiState,
    products: &[Routes],
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let everything = HttpSettings {
        docs_enabled: true,
        metrics_enabled: true,
        ..settings.clone()
    };
    let (app, routes) = App::new()
        .into_utoipa_app()
        .configure(system::configure)
        .split_for_parts();
    let document = state
        .document
        .get_or_init(|| ApiDocument::new(&openapi_document(state, products)))
        .clone();
    app.app_data(Data::new(RouteTable::new(&routes, &extra_paths(&everything))))
        .app_data(Data::new(document))
        .configure(|config| app_data(config, &everything, state))
        .configure(|config| optional_routes(config, &everything))
        .default_service(web::to(fallback))
        .wrap(from_fn(deadline))
        .wrap(Observe::new(settings))
}

/// The OpenAPI document of an application, without running it.
#[must_use]
pub fn openapi_document(state: &ApiState, products: &[Routes]) -> OpenApi {
    let (_, mut document) = mount(App::new(), state, products).split_for_parts();
    openapi::complete(&mut document, &state.audit_kinds);
    document
}

fn mount<T>(app: App<T>, state: &ApiState, products: &[Routes]) -> UtoipaApp<T>
where
    T: ServiceFactory<ServiceRequest, Config = (), Error = Error, InitError = ()>,
{
    let info = &state.system.info;
    let app = app
        .into_utoipa_app()
        .openapi(openapi::base(&info.name, &info.version))
        .configure(configure);
    let add = |app: UtoipaApp<T>, product: &Routes| app.configure(|config| product(config));
    products.iter().fold(app, add)
}

fn finish_document(mut document: OpenApi, state: &ApiState) -> ApiDocument {
    openapi::complete(&mut document, &state.audit_kinds);
    ApiDocument::new(&document)
}

fn extra_paths(settings: &HttpSettings) -> Vec<&'static str> {
    if settings.docs_enabled {
        docs::PATHS.to_vec()
    } else {
        Vec::new()
    }
}

fn app_data(config: &mut web::ServiceConfig, settings: &HttpSettings, state: &ApiState) {
    config
        .app_data(settings.body_limit)
        .app_data(settings.body_rate)
        .app_data(RequestTimeout(settings.request_timeout))
        .app_data(Data::new(settings.cursor_key.clone()))
        .app_data(Data::new(FrontEnd(settings.front_end_url.clone())))
        .app_data(Data::<dyn Authenticator>::from(Arc::clone(&state.authenticator)))
        .app_data(Data::<dyn Store>::from(Arc::clone(&state.store)))
        .app_data(Data::<SystemState>::from(Arc::clone(&state.system)));
    if let Some(mode) = &settings.cookie_mode {
        config.app_data(mode.clone());
    }
    if let Some(metrics) = state.metrics.as_ref().filter(|_| settings.metrics_enabled) {
        config.app_data(Data::new(metrics.clone()));
    }
}

fn optional_routes(config: &mut web::ServiceConfig, settings: &HttpSettings) {
    if settings.docs_enabled {
        docs::configure(config);
    }
}

/// Browsers of listed origins may call. Tokens travel in a header; cookies only in cookie mode.
fn cors(settings: &HttpSettings) -> Cors {
    let mut cors = Cors::default();
    if settings.cookie_mode.is_some() {
        cors = cors.supports_credentials();
    }
    let cors = cors
        .allow_any_method()
        .allow_any_header()
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            header::HeaderName::from_static("x-request-id"),
            header::HeaderName::from_static("idempotency-replayed"),
            header::HeaderName::from_static("ratelimit"),
            header::HeaderName::from_static("ratelimit-policy"),
            header::HeaderName::from_static("tus-resumable"),
            header::HeaderName::from_static("tus-version"),
            header::HeaderName::from_static("tus-extension"),
            header::HeaderName::from_static("tus-max-size"),
            header::HeaderName::from_static("tus-checksum-algorithm"),
            header::HeaderName::from_static("upload-offset"),
            header::HeaderName::from_static("upload-length"),
            header::HeaderName::from_static("upload-metadata"),
            header::HeaderName::from_static("upload-expires"),
        ])
        .max_age(3600);
    settings
        .cors_origins
        .iter()
        .fold(cors, |cors, origin| match origin.as_str() {
            "*" => cors.allow_any_origin(),
            origin => cors.allowed_origin(origin),
        })
}
