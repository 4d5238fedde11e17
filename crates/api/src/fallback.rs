//! Requests that no route takes: 404, 405 with `Allow`, and OPTIONS.

use actix_web::{
    HttpRequest, HttpResponse,
    dev::ResourceDef,
    http::{
        Method,
        header::{ALLOW, HeaderValue},
    },
    web::Data,
};
use utoipa::openapi::{OpenApi, PathItem};

use crate::error::{ApiError, ErrorCode};

/// Which methods each path answers to, taken from the OpenAPI document.
///
/// Every handler is a resource of its own, so actix itself cannot tell a wrong method from a
/// wrong path.
pub struct RouteTable {
    routes: Vec<Route>,
}

struct Route {
    pattern: ResourceDef,
    methods: Vec<Method>,
}

impl RouteTable {
    /// The table of everything in the document, and of other paths that answer to GET.
    #[must_use]
    pub fn new(document: &OpenApi, get_only: &[&str]) -> Self {
        let route = |(path, item): (&String, &PathItem)| Route {
            // The key of a file may have slashes in it.
            pattern: ResourceDef::new(path.replace("{key}", "{key:.*}")),
            methods: methods_of(item),
        };
        let extra = get_only.iter().map(|path| Route {
            pattern: ResourceDef::new(*path),
            methods: vec![Method::GET],
        });
        Self {
            routes: document.paths.paths.iter().map(route).chain(extra).collect(),
        }
    }

    /// Whether HEAD should go to the GET handler.
    #[must_use]
    pub fn wants_get_for_head(&self, path: &str) -> bool {
        let methods = self.methods(path);
        methods.contains(&Method::GET) && !methods.contains(&Method::HEAD)
    }

    /// What a path answers to; nothing if it is unknown.
    fn methods(&self, path: &str) -> Vec<Method> {
        let mut methods: Vec<Method> = Vec::new();
        for route in self.routes.iter().filter(|route| route.pattern.is_match(path)) {
            methods.extend(route.methods.iter().cloned());
        }
        methods
    }

    /// The `Allow` header of a path; none if it is unknown.
    fn allow(&self, path: &str) -> Option<HeaderValue> {
        let mut methods = self.methods(path);
        if methods.is_empty() {
            return None;
        }
        if methods.contains(&Method::GET) {
            methods.push(Method::HEAD);
        }
        methods.push(Method::OPTIONS);
        let mut names: Vec<&str> = methods.iter().map(Method::as_str).collect();
        names.sort_unstable();
        names.dedup();
        HeaderValue::try_from(names.join(", ")).ok()
    }
}

fn methods_of(item: &PathItem) -> Vec<Method> {
    let known = [
        (item.get.is_some(), Method::GET),
        (item.put.is_some(), Method::PUT),
        (item.post.is_some(), Method::POST),
        (item.delete.is_some(), Method::DELETE),
        (item.patch.is_some(), Method::PATCH),
        (item.head.is_some(), Method::HEAD),
    ];
    known
        .into_iter()
        .filter_map(|(present, method)| present.then_some(method))
        .collect()
}

/// The default service.
///
/// # Errors
/// `NOT_FOUND` or `METHOD_NOT_ALLOWED`, the only answers it has except to OPTIONS.
pub async fn fallback(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let table = request.app_data::<Data<RouteTable>>();
    let Some(allow) = table.and_then(|table| table.allow(request.path())) else {
        return Err(ApiError::not_found());
    };
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((ALLOW, allow)).finish());
    }
    Err(ApiError::new(ErrorCode::METHOD_NOT_ALLOWED).allow(allow))
}
