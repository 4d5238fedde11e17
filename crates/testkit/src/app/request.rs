//! A request to a test's server.

use std::{future::IntoFuture, pin::Pin};

use reqwest::RequestBuilder;
use serde_json::Value;

use super::{LoggedIn, TestResponse};

/// A request in the making; [`send`](Self::send), or just `await`, sends it.
#[must_use = "a request does nothing until it is sent"]
pub struct TestRequest(RequestBuilder);

impl TestRequest {
    pub(super) fn new(builder: RequestBuilder) -> Self {
        Self(builder)
    }

    /// Sends an access token along.
    pub fn bearer(self, token: &str) -> Self {
        Self(self.0.bearer_auth(token))
    }

    /// Sends a header along.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        Self(self.0.header(name, value.as_ref()))
    }

    /// Sends a JSON body.
    pub fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Sends any body, without a `Content-Type`.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self(self.0.body(body.into()))
    }

    /// Sends the caller's access token along.
    pub fn by(self, caller: &LoggedIn) -> Self {
        self.bearer(&caller.access_token)
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Panics
    /// If no answer comes.
    pub async fn send(self) -> TestResponse {
        let response = self.0.send().await;
        let response = response.unwrap_or_else(|error| panic!("no answer: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("the whole answer");
        TestResponse::new(status, headers, body.to_vec())
    }
}

impl IntoFuture for TestRequest {
    type Output = TestResponse;
    type IntoFuture = Pin<Box<dyn Future<Output = TestResponse> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
