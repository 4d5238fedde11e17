//! `config check|show|reference`.

use std::process::ExitCode;

use serde_json::json;

use super::{
    args::{ConfigCommand, Global},
    out,
};
use crate::{
    ServerBuilder,
    config::{ConfigError, Loaded, Problem, Setting, Sources, markdown_table},
    mail, redis,
};

pub(super) fn run(
    command: ConfigCommand,
    sources: &Sources,
    global: &Global,
    configure: &impl Fn(ServerBuilder) -> ServerBuilder,
) -> anyhow::Result<ExitCode> {
    if let ConfigCommand::Reference = command {
        reference(sources, global.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    let loaded = Loaded::load(sources);
    let loaded = match command {
        ConfigCommand::Check => loaded.and_then(|loaded| check_files(loaded, configure)),
        ConfigCommand::Show | ConfigCommand::Reference => loaded,
    };
    match (command, loaded) {
        (_, Err(error)) if global.json => refuse_as_json(&error),
        (_, Err(error)) => Err(error.into()),
        (ConfigCommand::Show, Ok(loaded)) => show(&loaded.settings, global.json),
        (_, Ok(_)) => accept(global.json),
    }
}

/// What only a look at files can tell.
fn check_files(
    loaded: Loaded,
    configure: &impl Fn(ServerBuilder) -> ServerBuilder,
) -> Result<Loaded, ConfigError> {
    let builder = configure(ServerBuilder::new(loaded.config.clone()));
    let found = mail::problem(&builder.config, &builder.product.name, builder.mail_templates);
    let found = found.into_iter().chain(redis::problem(&builder.config));
    let problem = |(key, message): (&'static str, String)| {
        let setting = loaded.settings.iter().find(|setting| setting.key == key);
        let source = setting.map_or("default", |setting| setting.source.as_str());
        Problem::new(key, source, message)
    };
    let problems: Vec<_> = found.map(problem).collect();
    if problems.is_empty() {
        Ok(loaded)
    } else {
        Err(ConfigError { problems })
    }
}

fn refuse_as_json(error: &ConfigError) -> anyhow::Result<ExitCode> {
    out::json(&json!({ "ok": false, "problems": error.problems }))?;
    Ok(ExitCode::from(2))
}

fn accept(json: bool) -> anyhow::Result<ExitCode> {
    if json {
        out::json(&json!({ "ok": true, "problems": [] }))?;
    } else {
        out::line("the configuration is in order");
    }
    Ok(ExitCode::SUCCESS)
}

fn show(settings: &[Setting], json: bool) -> anyhow::Result<ExitCode> {
    if json {
        out::json(&settings)?;
        return Ok(ExitCode::SUCCESS);
    }
    for Setting { key, value, source } in settings {
        out::line(format!("{key} = {value}  # {source}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn reference(sources: &Sources, json: bool) -> anyhow::Result<()> {
    if !json {
        out::text(&markdown_table(sources.keys()));
        return Ok(());
    }
    let rows: Vec<_> = sources
        .keys()
        .map(|key| {
            json!({
                "key": key.name,
                "variable": key.variable(),
                "default": key.default,
                "accepts": key.kind.to_string(),
                "meaning": key.doc,
                "secret": key.secret,
            })
        })
        .collect();
    out::json(&rows)
}
