//! Tokens as clients see them.

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
};
use chrono::Duration;
use mainstay_services::auth::TokenPair;
use serde::Serialize;
use utoipa::ToSchema;

use super::delivery::{Delivery, NewCookie};

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
    /// Exchange it at `/auth/refresh`; works once. Missing where it was put into the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "mst_rt_…")]
    refresh_token: Option<String>,
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
            refresh_token: Some(pair.refresh_token),
            refresh_expires_in: whole_seconds(pair.refresh_expires_in),
        }
    }
}

impl TokenBody {
    /// Leaves the refresh token to the cookie, if that is where the client wants it.
    pub(super) fn delivered(pair: TokenPair, delivery: &Delivery) -> (Self, Option<NewCookie>) {
        let mut body = Self::from(pair);
        let cookie = delivery.take(&mut body.refresh_token, body.refresh_expires_in);
        (body, cookie)
    }
}

/// A 200 answer with tokens.
pub(super) fn answer(pair: TokenPair, delivery: &Delivery) -> HttpResponse {
    let (body, cookie) = TokenBody::delivered(pair, delivery);
    with_cookie(secret(&body), cookie)
}

/// Adds what [`TokenBody::delivered`] left to the cookie.
pub(super) fn with_cookie(mut response: HttpResponse, cookie: Option<NewCookie>) -> HttpResponse {
    if let Some(cookie) = cookie {
        cookie.set(response.headers_mut());
    }
    response
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
