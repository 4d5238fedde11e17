//! Signing in by another provider's word (OpenID Connect, and GitHub's OAuth 2).
//!
//! Nothing but [`sign_in`](super::sign_in) opens a session, so that no provider's word passes a
//! second factor by. Which accounts a provider's word opens is decided in `arrive`.

mod arrive;
mod authorize;
mod begun;
mod callback;
mod claim;
mod error;
mod exchange;
mod identities;
mod link;
mod providers;

pub use authorize::{BrowserBinding, OauthBegun, OauthRequest};
pub use callback::{CallbackAnswer, OauthCode, OauthOutcome, ProviderAnswer};
pub use error::OauthError;
pub use providers::IdentityProviders;
