//! Somebody with tokens.

use serde_json::Value;

/// Somebody who has just logged in.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// Identity.
    pub id: String,
    /// Mail address.
    pub email: String,
    /// For [`TestRequest::bearer`](super::TestRequest::bearer).
    pub access_token: String,
    /// For `POST /api/v1/auth/refresh`.
    pub refresh_token: String,
}

impl LoggedIn {
    pub(super) fn new(user: &Value, tokens: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            id: text(&user["id"]),
            email: text(&user["email"]),
            access_token: text(&tokens["access_token"]),
            refresh_token: text(&tokens["refresh_token"]),
        }
    }
}
