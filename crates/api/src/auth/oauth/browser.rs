//! The cookie that shows that a login ends in the browser it began in.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderValue, SET_COOKIE},
};
use mainstay_services::auth::OauthBegun;

use crate::auth::delivery::cookie_value;

/// Browsers refuse it from other hosts, other paths and plain HTTP, but for their own machine.
const NAME: &str = "__Host-mainstay_oauth";
/// For answers that are sent by a form from the provider's site, with which a browser sends no
/// cookie but those that say they may go everywhere.
const FORM_NAME: &str = "__Host-mainstay_oauth_form";

fn name(posts_back: bool) -> &'static str {
    if posts_back { FORM_NAME } else { NAME }
}

/// The value of the cookie, if the browser has one.
pub(super) fn known(request: &HttpRequest, posts_back: bool) -> Option<String> {
    cookie_value(request.headers(), name(posts_back))
}

/// Sets the cookie, if the login is bound to one.
pub(super) fn remember(mut response: HttpResponse, begun: &OauthBegun, posts_back: bool) -> HttpResponse {
    let Some(value) = &begun.cookie else {
        return response;
    };
    let (name, site) = (name(posts_back), if posts_back { "None" } else { "Lax" });
    let seconds = begun.expires_in.num_seconds();
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite={site}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
