//! Commands that print a text made from the code.

use mainstay_api::app::openapi_document;

use super::out;
use crate::{
    ServerBuilder,
    config::{Config, Sources, env_example as example},
    server::bind,
};

pub(super) fn env_example() {
    out::text(&example());
}

/// `docs/errors.md`.
pub(super) fn errors() {
    out::text(&mainstay_api::error::errors_markdown());
}

/// The OpenAPI document, with the product's routes. It needs no configuration, and leaves no
/// trace.
pub(super) async fn openapi(configure: &impl Fn(ServerBuilder) -> ServerBuilder) -> anyhow::Result<()> {
    let nowhere = Sources::none().variable("DATABASE_URL", "sqlite::memory:");
    let builder = configure(ServerBuilder::new(Config::load(&nowhere)?));
    let mounts = builder.routes.clone();
    let wired = builder.wire().await?;
    let document = openapi_document(&wired.state, &bind(mounts, &wired));
    out::json(&document)
}
