//! `migrate up|down|status|fresh`.

use serde_json::json;

use super::{args::Migrate, out, run::Usage};
use crate::{ServerBuilder, schema::Schema};

pub(super) async fn run(command: Migrate, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    let (config, steps) = builder.into_schema();
    refuse_fresh(command, config.environment.is_production())?;
    if let (Migrate::Status, true) = (command, lacks_file(&config)) {
        let pending = steps()
            .iter()
            .map(|step| (step.name().to_owned(), false))
            .collect();
        return show(pending, json);
    }
    let schema = Schema::open(&config, steps).await?;
    match command {
        Migrate::Up => schema.up().await?,
        Migrate::Down { steps } => schema.down(steps).await?,
        Migrate::Fresh { .. } => schema.fresh().await?,
        Migrate::Status => {}
    }
    let status = schema.status().await?;
    schema.close().await?;
    show(status, json)
}

/// Looking must not make a database.
fn lacks_file(config: &crate::config::Config) -> bool {
    config.database.sqlite_file().is_some_and(|file| !file.exists())
}

fn refuse_fresh(command: Migrate, production: bool) -> Result<(), Usage> {
    match command {
        Migrate::Fresh { .. } if production => Err(Usage(
            "`migrate fresh` would destroy all data; production refuses it".to_owned(),
        )),
        Migrate::Fresh { yes: false } => Err(Usage(
            "`migrate fresh` destroys all data; add --yes if you mean it".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn show(steps: Vec<(String, bool)>, json: bool) -> anyhow::Result<()> {
    if json {
        let rows = steps
            .into_iter()
            .map(|(name, applied)| json!({ "name": name, "applied": applied }));
        return out::json(&rows.collect::<Vec<_>>());
    }
    for (name, applied) in steps {
        out::line(format!("{} {name}", if applied { "applied" } else { "pending" }));
    }
    Ok(())
}
