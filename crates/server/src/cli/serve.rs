//! `serve`.

use crate::ServerBuilder;

pub(super) async fn run(_builder: ServerBuilder) -> anyhow::Result<()> {
    anyhow::bail!("not wired yet")
}
