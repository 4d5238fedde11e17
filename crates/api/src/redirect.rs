//! An application that sends everybody on to HTTPS.

use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::header::LOCATION,
    web::{self, Data},
};

use crate::{middleware::Observe, settings::HttpSettings};

/// Where everybody is sent on to, without a slash at its end.
struct Target(String);

/// Answers every request with the same path below `public_url`, and 308, so that the method
/// stays what it is.
pub fn build_redirect_app(
    settings: &HttpSettings,
    public_url: &str,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    // Browsers heed it only where nobody could have put it in (RFC 6797 section 7.2).
    let without_hsts = HttpSettings {
        hsts: None,
        ..settings.clone()
    };
    App::new()
        .app_data(Data::new(Target(public_url.to_owned())))
        .default_service(web::to(send_on))
        .wrap(Observe::new(&without_hsts))
}

async fn send_on(request: HttpRequest, target: Data<Target>) -> HttpResponse {
    let path = request.uri().path_and_query();
    // `OPTIONS *` asks about the server and names no path.
    let path = path.map_or("/", |path| path.as_str());
    let path = if path.starts_with('/') { path } else { "/" };
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, format!("{}{path}", target.0)))
        .finish()
}
