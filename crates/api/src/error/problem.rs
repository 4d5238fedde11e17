//! The body of every error answer (RFC 9457).

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::{ApiError, ChallengeBody, ErrorCode, FieldError};
use crate::now::now;

/// Media type of error answers.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    /// Identifies the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:mainstay:error:email-taken")]
    pub kind: String,
    /// The kind of problem in a few words.
    #[schema(example = "Address taken")]
    pub title: &'a str,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What it means, or more about this occurrence.
    #[schema(example = "Another account has this mail address.")]
    pub detail: &'a str,
    /// The path that was asked for.
    #[schema(example = "/api/v1/auth/register")]
    pub instance: &'a str,
    /// The kind of problem, for programs; stable.
    #[schema(example = "EMAIL_TAKEN")]
    pub code: &'a str,
    /// Finds the request in the logs.
    #[schema(example = "0190f5e2-7c1a-7b3c-9d4e-5f6a7b8c9d0e")]
    pub request_id: &'a str,
    /// When it happened.
    #[serde(serialize_with = "rfc3339")]
    pub timestamp: DateTime<Utc>,
    /// The refused fields, when there are any.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    pub errors: &'a [FieldError],
    /// A proof of work to be sent with the next try, when one is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ChallengeBody, required = false)]
    pub challenge: Option<&'a ChallengeBody>,
}

impl<'a> Problem<'a> {
    /// The problem an error tells of.
    #[must_use]
    pub fn of_error(error: &'a ApiError, instance: &'a str, request_id: &'a str) -> Self {
        let mut problem = Self::of_code(error.code(), instance, request_id);
        problem.detail = error.detail_text().unwrap_or(problem.detail);
        problem.errors = error.errors();
        problem.challenge = error.challenge_body();
        problem
    }

    /// The problem a bare code tells of.
    #[must_use]
    pub fn of_code(code: ErrorCode, instance: &'a str, request_id: &'a str) -> Self {
        Self {
            kind: urn(code),
            title: code.title(),
            status: code.status().as_u16(),
            detail: code.meaning(),
            instance,
            code: code.as_str(),
            request_id,
            timestamp: now(),
            errors: &[],
            challenge: None,
        }
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and a time always serialize; an empty object is the honest fallback.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// `EMAIL_TAKEN` → `urn:mainstay:error:email-taken`.
fn urn(code: ErrorCode) -> String {
    let mut urn = String::with_capacity(48);
    urn.push_str("urn:mainstay:error:");
    urn.extend(code.as_str().chars().map(|c| match c {
        '_' => '-',
        c => c.to_ascii_lowercase(),
    }));
    urn
}

fn rfc3339<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
}
