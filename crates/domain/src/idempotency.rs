//! Remembered answers to `Idempotency-Key` requests.

use crate::{Timestamp, TokenHash};

/// An answer worth repeating word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// HTTP status.
    pub status: u16,
    /// `Location`, if the answer had one.
    pub location: Option<String>,
    /// `ETag`, if the answer had one.
    pub etag: Option<String>,
    /// Body, JSON.
    pub body: String,
}

/// What is known of one idempotency key of one caller on one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// SHA-256 over caller, route and key.
    pub key: TokenHash,
    /// SHA-256 over the request body; a reused key with another body is refused.
    pub fingerprint: TokenHash,
    /// The answer; none while the first request is still under way.
    pub response: Option<StoredResponse>,
    /// When the record may be forgotten.
    pub expires_at: Timestamp,
}
