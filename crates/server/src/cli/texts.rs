//! Commands that print a text made from the code.

use clap::CommandFactory as _;
use clap_complete::Shell;
use mainstay_api::app::openapi_document;

use super::{args::Cli, out};
use crate::{
    ServerBuilder,
    config::{Config, Sources, env_example as example},
    server::bind,
};

pub(super) fn env_example(sources: &Sources) {
    out::text(&example(sources.keys()));
}

/// `docs/errors.md`.
pub(super) fn errors() {
    out::text(&mainstay_api::error::errors_markdown());
}

/// A script for the shell to load.
pub(super) fn completions(shell: Shell) {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    out::text(&String::from_utf8_lossy(&script));
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
