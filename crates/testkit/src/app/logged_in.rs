//! Somebody with tokens.

use std::net::SocketAddr;

use reqwest::{Client, Method};
use serde_json::Value;

use super::TestRequest;

/// Somebody who has just logged in, and what they ask the server for.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// Identity.
    pub id: String,
    /// Mail address.
    pub email: String,
    /// For [`TestRequest::bearer`].
    pub access_token: String,
    /// For `POST /api/v1/auth/refresh`.
    pub refresh_token: String,
    client: Client,
    addr: SocketAddr,
}

impl LoggedIn {
    pub(super) fn new(user: &Value, tokens: &Value, (client, addr): (Client, SocketAddr)) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            id: text(&user["id"]),
            email: text(&user["email"]),
            access_token: text(&tokens["access_token"]),
            refresh_token: text(&tokens["refresh_token"]),
            client,
            addr,
        }
    }

    /// A request with any method, by this person.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        let url = format!("http://{}{path}", self.addr);
        TestRequest::new(self.client.request(method, url)).by(self)
    }

    /// A GET request, by this person.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// A POST request, by this person.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// A PATCH request, by this person.
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// A PUT request, by this person.
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// A DELETE request, by this person.
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }
}
