//! `worker`.

use crate::ServerBuilder;

pub(super) async fn run(builder: ServerBuilder) -> anyhow::Result<()> {
    Box::pin(builder.run_worker()).await
}
