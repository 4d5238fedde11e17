//! Conditional requests (RFC 9110 section 13).

use std::{
    fmt,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, ETAG, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH},
    },
};
use mainstay_domain::{Sha256, Version};
use mainstay_services::storage::Condition as FileCondition;
use serde::Serialize;

use crate::error::{ApiError, ErrorCode};

/// The strong entity tag of a resource: its id and its version, in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of version `version` of the resource `id`. Ids are UUIDs or names without quotes.
    #[must_use]
    pub fn of(id: impl fmt::Display, version: Version) -> Self {
        Self(format!("\"{id}.{version}\""))
    }

    /// The tag of a file's octets: their checksum.
    #[must_use]
    pub(crate) fn of_octets(sha256: &Sha256) -> Self {
        Self(format!("\"{}\"", hex(&sha256.0)))
    }

    /// The tag with its quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A 200 answer with this tag.
    #[must_use]
    pub fn ok<T: Serialize>(&self, body: &T) -> HttpResponse {
        self.answer(StatusCode::OK, body)
    }

    /// A 201 answer with this tag and the address of the new resource.
    #[must_use]
    pub fn created<T: Serialize>(&self, location: &str, body: &T) -> HttpResponse {
        let mut response = self.answer(StatusCode::CREATED, body);
        if let Ok(location) = HeaderValue::from_str(location) {
            response
                .headers_mut()
                .insert(actix_web::http::header::LOCATION, location);
        }
        response
    }

    fn answer<T: Serialize>(&self, status: StatusCode, body: &T) -> HttpResponse {
        HttpResponse::build(status)
            .insert_header((ETAG, self.as_str()))
            .json(body)
    }
}

/// What a condition header lists.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// `*`.
    Any,
    /// Tags, as sent, weak ones included.
    Tags(Vec<String>),
}

/// `If-Match`: change only what the client has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(Option<Condition>);

impl IfMatch {
    /// Whether the header was sent.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.0.is_some()
    }

    /// Goes on if there is no condition, or `tag` satisfies it. Weak tags never do.
    ///
    /// # Errors
    /// `PRECONDITION_FAILED`.
    pub fn check(&self, tag: &ETag) -> Result<(), ApiError> {
        match &self.0 {
            None | Some(Condition::Any) => Ok(()),
            Some(Condition::Tags(tags)) if tags.iter().any(|sent| sent == tag.as_str()) => Ok(()),
            Some(Condition::Tags(_)) => Err(ApiError::new(ErrorCode::PRECONDITION_FAILED)),
        }
    }

    /// The version of `id` that the client has seen, for a service that compares and changes
    /// in one statement. `None`: any version will do.
    ///
    /// # Errors
    /// `PRECONDITION_FAILED` if no tag of this resource is listed.
    pub fn version_of(&self, id: impl fmt::Display) -> Result<Option<Version>, ApiError> {
        let Some(Condition::Tags(tags)) = &self.0 else {
            return Ok(None);
        };
        let prefix = format!("\"{id}.");
        tags.iter()
            .filter_map(|tag| tag.strip_prefix(&prefix)?.strip_suffix('"')?.parse().ok())
            .max()
            .map(Some)
            .ok_or_else(|| ApiError::new(ErrorCode::PRECONDITION_FAILED))
    }
}

impl IfMatch {
    /// What must be true of a file's octets.
    pub(crate) fn of_file(&self) -> FileCondition {
        match &self.0 {
            None => FileCondition::None,
            Some(Condition::Any) => FileCondition::Present,
            Some(Condition::Tags(tags)) => {
                FileCondition::Octets(tags.iter().filter_map(|tag| sum_in(tag)).collect())
            }
        }
    }
}

/// `If-None-Match`: send only what the client has not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfNoneMatch(Option<Condition>);

impl IfNoneMatch {
    /// 304 if the client has this version already, else 200 with the body.
    #[must_use]
    pub fn answer<T: Serialize>(&self, tag: &ETag, body: impl FnOnce() -> T) -> HttpResponse {
        let mut response = if self.matches(tag) {
            HttpResponse::NotModified()
                .insert_header((ETAG, tag.as_str()))
                .finish()
        } else {
            tag.ok(&body())
        };
        // Personal data: programs keep the tag and ask with it, nothing on the way keeps the body.
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// Whether the header was sent.
    pub(crate) fn is_present(&self) -> bool {
        self.0.is_some()
    }

    /// Whether a file is to be written only if there is none; other conditions make no sense for one
    /// that is written.
    pub(crate) fn wants_absent(&self) -> Result<bool, ApiError> {
        match &self.0 {
            None => Ok(false),
            Some(Condition::Any) => Ok(true),
            Some(Condition::Tags(_)) => Err(ApiError::new(ErrorCode::INVALID_HEADER)
                .detail("If-None-Match of a request that writes must be *.")),
        }
    }

    /// Compares weakly (RFC 9110 section 13.1.2).
    pub(crate) fn matches(&self, tag: &ETag) -> bool {
        match &self.0 {
            None => false,
            Some(Condition::Any) => true,
            Some(Condition::Tags(tags)) => tags
                .iter()
                .any(|sent| sent.strip_prefix("W/").unwrap_or(sent) == tag.as_str()),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(condition(request, &IF_MATCH).map(Self))
    }
}

impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(condition(request, &IF_NONE_MATCH).map(Self))
    }
}

fn condition(request: &HttpRequest, name: &HeaderName) -> Result<Option<Condition>, ApiError> {
    let mut tags = Vec::new();
    for value in request.headers().get_all(name) {
        let text = value.to_str().map_err(|_| malformed(name))?.trim();
        if text == "*" {
            return Ok(Some(Condition::Any));
        }
        split_tags(text, &mut tags).ok_or_else(|| malformed(name))?;
    }
    let present = request.headers().contains_key(name);
    if present && tags.is_empty() {
        return Err(malformed(name));
    }
    Ok(present.then_some(Condition::Tags(tags)))
}

/// Splits `"a", W/"b"`. A comma inside of the quotes belongs to the tag.
fn split_tags(text: &str, tags: &mut Vec<String>) -> Option<()> {
    let mut rest = text.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let weak = if rest.starts_with("W/") { 2 } else { 0 };
        let body = rest.get(weak..)?.strip_prefix('"')?;
        let length = weak + body.find('"')? + 2;
        tags.push(rest.get(..length)?.to_owned());
        let next = rest.get(length..)?.trim_start();
        if !next.is_empty() && !next.starts_with(',') {
            return None;
        }
        rest = next.trim_start_matches([' ', '\t', ',']);
    }
    Some(())
}

/// The checksum that a strong tag stands for.
fn sum_in(tag: &str) -> Option<Sha256> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    Sha256::parse(digits).ok()
}

/// Two digits an octet.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn malformed(name: &HeaderName) -> ApiError {
    ApiError::new(ErrorCode::INVALID_HEADER)
        .detail(format!("{name} must be * or a list of quoted entity tags."))
}
