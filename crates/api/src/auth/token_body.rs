//! Tokens as clients see them.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
};
use chrono::Duration;
use mainstay_services::auth::TokenPair;
use serde::Serialize;
use utoipa::ToSchema;

/// Tokens of a session (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = TokenPair)]
pub(super) struct TokenBody {
    /// Send it as `Authorization: Bearer …`.
    #[schema(example = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.…")]
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Life of the access token, in seconds.
    #[schema(example = 900)]
    expires_in: i64,
    /// Exchange it at `/auth/refresh`; works once.
    #[schema(example = "mst_rt_…")]
    refresh_token: String,
    /// Life of the refresh token, in seconds.
    #[schema(example = 604_800)]
    refresh_expires_in: i64,
}

impl From<TokenPair> for TokenBody {
    fn from(pair: TokenPair) -> Self {
        Self {
            access_token: pair.access_token,
            token_type: "Bearer",
            expires_in: whole_seconds(pair.expires_in),
            refresh_token: pair.refresh_token,
            refresh_expires_in: whole_seconds(pair.refresh_expires_in),
        }
    }
}

/// A 200 answer with tokens.
pub(super) fn answer(pair: TokenPair) -> HttpResponse {
    secret(&TokenBody::from(pair))
}

/// A 200 answer that nothing on the way may keep.
pub(super) fn secret(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(body)
}

/// To the nearest second: the milliseconds the answer took are not the client's concern.
pub(super) fn whole_seconds(life: Duration) -> i64 {
    (life.num_milliseconds() + 500) / 1000
}
