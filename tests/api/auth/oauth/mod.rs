//! Signing in with other providers.

mod linking;
mod presets;
mod redirects;
mod second_step;
mod sign_in;
pub mod support;
