//! Signing in with other providers.

mod linking;
mod sign_in;
mod support;
