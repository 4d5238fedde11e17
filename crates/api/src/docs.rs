//! Documentation for people: Swagger UI and ReDoc, served from the binary.

use std::{io::Read, sync::Arc};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, guard,
    http::header::{
        AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, Encoding,
        IF_NONE_MATCH, LOCATION, VARY,
    },
    web::{self, Bytes, Data, Path},
};
use flate2::read::GzDecoder;
use utoipa_swagger_ui::Config;

use crate::error::ApiError;

/// Paths that are not part of the API and hence not in its document.
pub(crate) const PATHS: [&str; 6] = [
    "/openapi.json",
    "/docs",
    "/docs/{file:.*}",
    "/redoc",
    "/redoc/",
    "/redoc/redoc.standalone.js",
];

/// Both pages set styles of their own; ReDoc searches in a worker it makes itself. Everything
/// else comes from here or not at all.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; \
     child-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const REDOC_PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>API</title>\
     <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head><body>\
     <redoc spec-url=\"/openapi.json\"></redoc><script src=\"/redoc/redoc.standalone.js\"></script>\
     </body></html>";

/// Compressed: it would be a megabyte of the binary otherwise.
static REDOC_SCRIPT: &[u8] = include_bytes!("../assets/redoc/redoc.standalone.js.gz");

/// The finished OpenAPI document, serialized once for all workers.
#[derive(Debug, Clone)]
pub struct ApiDocument {
    json: Bytes,
    etag: String,
}

impl ApiDocument {
    /// Serializes a document.
    #[must_use]
    pub fn new(document: &utoipa::openapi::OpenApi) -> Self {
        // A document that cannot be serialized is a defect which the tests would show.
        let json = Bytes::from(serde_json::to_vec(document).unwrap_or_default());
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &json);
        let hex: String = digest
            .as_ref()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            json,
            etag: format!("\"{hex}\""),
        }
    }

    /// The document as JSON.
    #[must_use]
    pub fn json(&self) -> &Bytes {
        &self.json
    }
}

/// Mounts `/openapi.json`, `/docs` and `/redoc`.
pub fn configure(config: &mut web::ServiceConfig) {
    let swagger = Arc::new(Config::from("/openapi.json"));
    // One resource per path, each for GET only, so that other methods reach the fallback.
    let get = |path: &str| web::resource(path).guard(guard::Get());
    config
        .service(get("/openapi.json").to(openapi_json))
        .service(get("/docs").to(to_swagger_ui))
        .service(
            get("/docs/{file:.*}")
                .app_data(Data::from(swagger))
                .to(swagger_ui),
        )
        .service(get("/redoc").to(redoc_page))
        .service(get("/redoc/").to(redoc_page))
        .service(get("/redoc/redoc.standalone.js").to(redoc_script));
}

async fn openapi_json(request: HttpRequest, document: Data<ApiDocument>) -> HttpResponse {
    let known = request.headers().get(IF_NONE_MATCH);
    let mut response = if known.is_some_and(|tag| tag.as_bytes() == document.etag.as_bytes()) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((ETAG, document.etag.as_str()))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .content_type("application/json")
        .body(document.json.clone())
}

/// The page refers to its files by relative names, so it needs the slash.
async fn to_swagger_ui() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs/"))
        .finish()
}

async fn swagger_ui(
    request: HttpRequest,
    file: Path<String>,
    config: Data<Config<'static>>,
) -> Result<HttpResponse, ApiError> {
    let file = utoipa_swagger_ui::serve(&file, config.into_inner())
        .ok()
        .flatten()
        .ok_or_else(ApiError::not_found)?;
    let octets = Bytes::from(file.bytes.into_owned());
    let mut response = HttpResponse::Ok();
    let body = if file.gzpipped {
        packed(&request, &mut response, octets)
    } else {
        octets
    };
    Ok(response
        .insert_header((CONTENT_SECURITY_POLICY, CSP))
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .content_type(file.content_type)
        .body(body))
}

async fn redoc_page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, CSP))
        .content_type("text/html; charset=utf-8")
        .body(REDOC_PAGE)
}

async fn redoc_script(request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    let body = packed(&request, &mut response, Bytes::from_static(REDOC_SCRIPT));
    response
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .content_type("text/javascript; charset=utf-8")
        .body(body)
}

/// What is kept in gzip goes out in gzip, or unpacked to a client that does not take it.
fn packed(request: &HttpRequest, response: &mut HttpResponseBuilder, gzip: Bytes) -> Bytes {
    response.insert_header((VARY, "accept-encoding"));
    let accepted = request.get_header::<AcceptEncoding>();
    let takes_gzip = accepted.is_some_and(|accepted| {
        accepted.negotiate([Encoding::gzip(), Encoding::identity()].iter()) == Some(Encoding::gzip())
    });
    if takes_gzip {
        response.insert_header((CONTENT_ENCODING, "gzip"));
        return gzip;
    }
    let mut unpacked = Vec::new();
    // It was packed when this was built, so that it can be unpacked; a defect would show as an
    // empty file in the tests.
    match GzDecoder::new(&*gzip).read_to_end(&mut unpacked) {
        Ok(_) => unpacked.into(),
        Err(_) => Bytes::new(),
    }
}
