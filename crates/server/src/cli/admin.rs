//! `admin create`.

use super::args::Admin;
use crate::ServerBuilder;

pub(super) async fn run(_command: Admin, _builder: ServerBuilder, _json: bool) -> anyhow::Result<()> {
    anyhow::bail!("not wired yet")
}
