//! Errors as clients see them: one table of codes, one shape (RFC 9457).

mod api_error;
mod challenge;
mod code;
mod failure;
mod field_error;
mod problem;

pub use api_error::ApiError;
pub use challenge::ChallengeBody;
pub use code::{ErrorCode, errors_markdown};
pub use field_error::{Checked, FieldError, FieldErrors};
pub use problem::{PROBLEM_JSON, Problem};
