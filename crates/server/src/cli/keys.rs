//! `keys rotate|list`.

use mainstay_services::signing_keys::{ListedKey, Rotation};
use serde_json::json;

use super::{args::Keys, out};
use crate::ServerBuilder;

pub(super) async fn run(command: Keys, builder: ServerBuilder, json: bool) -> anyhow::Result<()> {
    let wired = builder.wire().await?;
    let keys = &wired.services.signing_keys;
    let outcome = match command {
        Keys::List => Ok(()),
        Keys::Rotate { now: false } => keys.rotate(Rotation::Overlapping).await.map(|_| ()),
        Keys::Rotate { now: true } => keys.rotate(Rotation::AtOnce).await.map(|_| ()),
    };
    let listed = match outcome {
        Ok(()) => keys.list().await,
        Err(error) => Err(error),
    };
    wired.context.sea.close().await?;
    show(&listed?, json)
}

fn show(keys: &[ListedKey], json: bool) -> anyhow::Result<()> {
    if json {
        let rows = keys.iter().map(|key| {
            json!({
                "kid": key.kid,
                "algorithm": key.algorithm.as_str(),
                "state": key.state.as_str(),
                "created_at": key.created_at.to_rfc3339(),
                "active_from": key.active_from.to_rfc3339(),
                "verifies_until": key.verifies_until.map(|end| end.to_rfc3339()),
            })
        });
        return out::json(&rows.collect::<Vec<_>>());
    }
    if keys.is_empty() {
        out::line("no key pairs: access tokens are signed with a key derived from SECRET_KEY");
    }
    for key in keys {
        let until = key
            .verifies_until
            .map_or_else(|| "-".to_owned(), |end| end.to_rfc3339());
        out::line(format!(
            "{:<9} {:<5} {} signs from {} verifies until {until}",
            key.state.as_str(),
            key.algorithm.as_str(),
            key.kid,
            key.active_from.to_rfc3339(),
        ));
    }
    Ok(())
}
