//! How a client gets and sends its refresh token: in bodies, or, for pages, in a cookie that no
//! script can read (docs/adr/0010-cookie-mode.md).

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, ORIGIN, SET_COOKIE},
};

use crate::{
    error::{ApiError, ErrorCode},
    settings::CookieMode,
};

/// By this header a page asks for the cookie, and shows that it is a page that may: no other
/// origin can send it without being allowed to by CORS.
const ASK: HeaderName = HeaderName::from_static("x-auth-mode");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The prefix makes browsers refuse it from other hosts, other paths and plain HTTP
/// (draft-ietf-httpbis-rfc6265bis section 4.1.3.2).
const NAME: &str = "__Host-mainstay_refresh";

/// How the caller wants its refresh token.
pub(super) enum Delivery {
    /// In the body, like every other field.
    Body,
    /// In the cookie, whose present value this is.
    Cookie(Option<String>),
}

impl FromRequest for Delivery {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(choose(request))
    }
}

/// A cookie alone chooses nothing: browsers send it whoever makes them ask.
fn choose(request: &HttpRequest) -> Result<Delivery, ApiError> {
    let headers = request.headers();
    let Some(asked) = headers.get(ASK) else {
        return Ok(Delivery::Body);
    };
    let unusable = |detail| Err(ApiError::new(ErrorCode::INVALID_HEADER).detail(detail));
    match asked.as_bytes() {
        b"body" => return Ok(Delivery::Body),
        b"cookie" => {}
        _ => return unusable("X-Auth-Mode must be `cookie` or `body`."),
    }
    let Some(mode) = request.app_data::<CookieMode>() else {
        return unusable("This server does not keep tokens in cookies.");
    };
    if !comes_from_own_page(headers, mode) {
        return Err(ApiError::new(ErrorCode::CROSS_SITE_REQUEST));
    }
    Ok(Delivery::Cookie(cookie(headers)))
}

/// Browsers name the origin of every POST. Where one does not, it must at least vouch that the
/// page is of the same origin (Fetch Metadata).
fn comes_from_own_page(headers: &HeaderMap, mode: &CookieMode) -> bool {
    let site = headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    if site == Some(b"cross-site") {
        return false;
    }
    let mut origins = headers.get_all(ORIGIN);
    match (origins.next(), origins.next()) {
        (Some(origin), None) => mode.origins.iter().any(|own| own.as_bytes() == origin.as_bytes()),
        (None, _) => site == Some(b"same-origin"),
        _ => false,
    }
}

/// The cookie's value. Two of the name are as good as none: one of them is not ours.
fn cookie(headers: &HeaderMap) -> Option<String> {
    cookie_value(headers, NAME)
}

/// The value of the cookie of this name.
pub(super) fn cookie_value(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let texts = headers.get_all(COOKIE).filter_map(|value| value.to_str().ok());
    let mut values = texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned());
    values.next().filter(|_| values.next().is_none())
}

impl Delivery {
    /// Whether tokens go into the cookie.
    pub(super) fn is_cookie(&self) -> bool {
        matches!(self, Self::Cookie(_))
    }

    /// Takes a refresh token that lives for so many seconds out of the body, if the client wants
    /// it in the cookie.
    pub(super) fn take(&self, token: &mut Option<String>, seconds: i64) -> Option<NewCookie> {
        let token = token.take_if(|_| self.is_cookie())?;
        Some(NewCookie { token, seconds })
    }

    /// Takes the cookie back, if that is where the token was.
    pub(super) fn forget(&self, mut response: HttpResponse) -> HttpResponse {
        if self.is_cookie() {
            NewCookie::empty().set(response.headers_mut());
        }
        response
    }

    /// Likewise with a refusal that says the token is worth nothing any more.
    pub(super) fn forget_if_refused(&self, error: ApiError) -> ApiError {
        if !self.is_cookie() || error.code() != ErrorCode::INVALID_REFRESH_TOKEN {
            return error;
        }
        let mut headers = HeaderMap::new();
        NewCookie::empty().set(&mut headers);
        error.headers(headers)
    }
}

/// A cookie to be set.
pub(super) struct NewCookie {
    token: String,
    seconds: i64,
}

impl NewCookie {
    fn empty() -> Self {
        Self {
            token: String::new(),
            seconds: 0,
        }
    }

    pub(super) fn set(&self, headers: &mut HeaderMap) {
        let Self { token, seconds } = self;
        let cookie = format!("{NAME}={token}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
        // Tokens are made of letters, digits, `-` and `_`.
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
}
