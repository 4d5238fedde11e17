//! An answer of a test's server.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct TestResponse {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl TestResponse {
    pub(super) fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Every header.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's first value, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where the new resource is.
    ///
    /// # Panics
    /// If there is no `Location`.
    #[must_use]
    #[track_caller]
    pub fn location(&self) -> &str {
        self.header("location").expect("a Location")
    }

    /// The version of the resource.
    ///
    /// # Panics
    /// If there is no `ETag`.
    #[must_use]
    #[track_caller]
    pub fn etag(&self) -> &str {
        self.header("etag").expect("an ETag")
    }

    /// The body as it came.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in the answer {}: {}", self.status, self.text()))
    }

    /// Goes on only with this status.
    ///
    /// # Panics
    /// With the body, if the status is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "the answer was: {}", self.text());
        self
    }

    /// Goes on only with a well-formed problem document (RFC 9457) of this status and code, and
    /// returns it.
    ///
    /// # Panics
    /// If it is anything else.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "the answer was: {}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["code"], code, "the answer was: {problem}");
        assert_eq!(problem["status"], status);
        let kind = format!("urn:mainstay:error:{}", code.to_lowercase().replace('_', "-"));
        assert_eq!(problem["type"], kind);
        for member in ["title", "detail", "instance", "timestamp"] {
            let text = problem[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{member} is missing: {problem}");
        }
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        problem
    }

    /// Goes on only with `VALIDATION_FAILED` for exactly these fields, in this order, each with
    /// this code.
    ///
    /// # Panics
    /// If it is anything else.
    #[track_caller]
    pub fn expect_invalid(&self, fields: &[(&str, &str)]) {
        let problem = self.expect_problem(422, "VALIDATION_FAILED");
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let found: Vec<(&str, &str)> = errors
            .iter()
            .map(|error| {
                (
                    error["field"].as_str().unwrap_or("?"),
                    error["code"].as_str().unwrap_or("?"),
                )
            })
            .collect();
        assert_eq!(found, fields, "the answer was: {problem}");
        let explained = errors
            .iter()
            .all(|error| error["message"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(explained, "a field's error has no message: {problem}");
    }
}
