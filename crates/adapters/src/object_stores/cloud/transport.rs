//! Sending the requests that `object_store` made.

use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt;
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
        HttpService,
    },
};
use reqwest::{Body, Client, Request, redirect::Policy};
use url::Url;

use crate::outgoing;

/// Octets a second below which sending is given up.
const SLOWEST: u64 = 32 << 10;
/// Requests with more are sent with time for their length.
const SHORT: u64 = 64 << 10;

/// The house's own HTTP client: the one of `object_store` would bring HTTP/2, which it does not
/// use, and knows one time limit for requests that read and those that write.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    /// Breaks off when the store is silent.
    reading: Client,
    /// Has no limit but that of each request.
    writing: Client,
    patience: Duration,
}

impl Transport {
    pub(super) fn new(patience: Duration, insecure: bool) -> reqwest::Result<Self> {
        let builder = || {
            Client::builder()
                .user_agent(concat!("mainstay/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .https_only(!insecure)
                .connect_timeout(patience)
        };
        Ok(Self {
            reading: builder().read_timeout(patience).build()?,
            writing: builder().build()?,
            patience,
        })
    }

    /// The client for requests of our own.
    pub(super) fn client(&self) -> &Client {
        &self.reading
    }
}

impl HttpConnector for Transport {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Transport {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let length = body.content_length() as u64;
        let url = Url::parse(&parts.uri.to_string());
        let url = url.map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let mut request = Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        *request.body_mut() = Some(Body::wrap(body));
        let client = if length > SHORT {
            *request.timeout_mut() = Some(self.patience + Duration::from_secs(length / SLOWEST));
            &self.writing
        } else {
            &self.reading
        };
        let response = outgoing::send(client, request).await.map_err(failed)?;
        let (parts, body) = http::Response::from(response).into_parts();
        Ok(HttpResponse::from_parts(
            parts,
            HttpResponseBody::new(body.map_err(failed)),
        ))
    }
}

/// What failed, for the decision whether to try again. The URL is left to whoever reports it.
fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_decode() {
        HttpErrorKind::Decode
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error.without_url())
}
