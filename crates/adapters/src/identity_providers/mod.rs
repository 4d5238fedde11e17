//! Other providers that vouch for people: OpenID Connect by discovery, and GitHub's OAuth 2.

mod claims;
mod discovery;
mod github;
mod http;
mod id_token;
mod keys;
mod oidc;

pub use github::{GithubProvider, GithubSettings};
pub use oidc::{EmailTrust, OidcProvider, OidcSettings};
