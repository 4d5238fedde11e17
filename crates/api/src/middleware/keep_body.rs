//! Answers that are not errors, whatever their status says.

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;

/// Marks an answer whose body must not be replaced by a problem document, although its status
/// is 4xx or 5xx: a health report, for instance. It goes into the extensions of the response.
#[derive(Debug, Clone, Copy)]
pub struct KeepBody;

impl KeepBody {
    /// A JSON answer with this mark.
    #[must_use]
    pub fn json<T: Serialize>(status: StatusCode, body: &T) -> HttpResponse {
        let mut response = HttpResponse::build(status).json(body);
        response.extensions_mut().insert(Self);
        response
    }
}
