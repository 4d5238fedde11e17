//! The time and ids of HTTP itself: timestamps of problems, ids of requests.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Now. What services decide by is their clock's time; this one only stands in answers.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge of the program stamps its own answers"
)]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A new id for a request.
#[expect(
    clippy::disallowed_methods,
    reason = "request ids name nothing that is stored"
)]
pub(crate) fn request_id() -> Uuid {
    Uuid::now_v7()
}
