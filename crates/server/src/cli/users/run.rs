//! From the arguments to the work.

use std::process::ExitCode;

use super::{export, import};
use crate::{ServerBuilder, cli::args::Users};

pub(in crate::cli) async fn run(command: Users, builder: ServerBuilder) -> anyhow::Result<ExitCode> {
    // Before the database is opened: a typing error must not make one.
    let work = match command {
        Users::Import(args) => Work::Import(import::open(&args.file)?, args.options()),
        Users::Export { with_hashes } => Work::Export { with_hashes },
    };
    let wired = builder.wire().await?;
    let transfer = &wired.services.transfer;
    let code = match work {
        Work::Import(input, options) => import::run(input, transfer, options).await,
        Work::Export { with_hashes } => export::run(transfer, with_hashes).await,
    };
    wired.context.sea.close().await?;
    code
}

enum Work {
    Import(import::Input, mainstay_services::users::ImportOptions),
    Export { with_hashes: bool },
}
