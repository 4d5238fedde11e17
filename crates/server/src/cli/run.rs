//! From the command line to an exit code.

use std::process::ExitCode;

use clap::Parser;

use super::{
    admin,
    args::{Cli, Command, Global},
    audit, backup, config, health, jobs, keys, migrate, out, serve, storage, texts, users, worker,
};
use crate::{
    ServerBuilder,
    config::{Config, ConfigError, Sources},
};

/// Something did not work.
const FAILURE: u8 = 1;
/// The command line or the configuration is wrong.
const USAGE: u8 = 2;

/// The command line that was not acceptable for what it asks, although clap could read it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Usage(pub String);

/// The whole `mainstay` command line for a product: `configure` adds its routes, migrations,
/// permissions, settings and jobs to the server. It is called more than once, so it must only add.
///
/// ```no_run
/// # async fn example() -> std::process::ExitCode {
/// mainstay_server::cli::main_with(|server| server).await
/// # }
/// ```
pub async fn main_with(configure: impl Fn(ServerBuilder) -> ServerBuilder) -> ExitCode {
    let Cli { global, command } = Cli::parse();
    let command = command.unwrap_or(Command::Serve);
    match Box::pin(run(command, &global, &configure)).await {
        Ok(code) => code,
        Err(error) => {
            out::complain(format!("error: {}", explain(&error)));
            exit_code(&error)
        }
    }
}

async fn run(
    command: Command,
    global: &Global,
    configure: &impl Fn(ServerBuilder) -> ServerBuilder,
) -> anyhow::Result<ExitCode> {
    let sources = ServerBuilder::sources(Sources::of_process(global.config.clone()), configure)?;
    let builder = || ServerBuilder::load_from(&sources, configure);
    match command {
        Command::Serve => serve::run(builder()?).await?,
        Command::Worker => worker::run(builder()?).await?,
        Command::Migrate(command) => migrate::run(command, builder()?, global.json).await?,
        Command::Backup(copy) => backup::backup(copy, builder()?, global.json).await?,
        Command::Restore(copy) => backup::restore(copy, builder()?, global.json).await?,
        Command::Config(command) => return config::run(command, &sources, global, configure),
        Command::Admin(command) => admin::run(command, builder()?, global.json).await?,
        Command::Users(command) => return Box::pin(users::run(command, builder()?)).await,
        Command::Keys(command) => keys::run(command, builder()?, global.json).await?,
        Command::Jobs(command) => jobs::run(command, builder()?, global.json).await?,
        Command::Audit(command) => return audit::run(command, builder()?, global.json).await,
        Command::Storage(command) => return storage::run(command, builder()?, global.json).await,
        Command::Openapi => texts::openapi(configure).await?,
        Command::Completions { shell } => texts::completions(shell),
        Command::Health { management } => return health::run(&Config::load(&sources)?, management),
        Command::EnvExample => texts::env_example(&sources),
        Command::Errors => texts::errors(),
    }
    Ok(ExitCode::SUCCESS)
}

/// The sentence and what lies beneath it, each once: many errors repeat their cause.
fn explain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn exit_code(error: &anyhow::Error) -> ExitCode {
    let usage = error.is::<ConfigError>() || error.is::<Usage>();
    ExitCode::from(if usage { USAGE } else { FAILURE })
}
