//! `audit verify|export|prune|anchor|reseal`.

use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use mainstay_domain::ChainPoint;
use mainstay_services::audit::{Problem, PruneRule};
use serde_json::json;

use super::{
    args::{AuditCommand, ExportAudit},
    audit_file, audit_verify, out,
    run::Usage,
};
use crate::{Context, ServerBuilder};

pub(super) async fn run(
    command: AuditCommand,
    builder: ServerBuilder,
    json: bool,
) -> anyhow::Result<ExitCode> {
    // Looking must not make a database.
    let file = builder.config.database.sqlite_file();
    if let Some(file) = file.filter(|file| !file.exists()) {
        return Err(Usage(format!("there is no database at {}", file.display())).into());
    }
    let context = builder.wire().await?.context;
    let code = act(command, &context, json).await;
    context.sea.close().await?;
    code
}

async fn act(command: AuditCommand, context: &Context, json: bool) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Verify(args) => return audit_verify::run(&context.audit_chain, args, json).await,
        AuditCommand::Export(args) => export(args, context, json).await?,
        AuditCommand::Prune { before } => prune(before, context, json).await?,
        AuditCommand::Anchor => anchor(context, json).await?,
        AuditCommand::Reseal { force } => return reseal(force, context, json).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(args: ExportAudit, context: &Context, json: bool) -> anyhow::Result<()> {
    let chain = &context.audit_chain;
    chain.seal().await?;
    let from = beginning(args.new, context).await?;
    let until = args.until.unwrap_or_else(|| context.clock.now());
    let (end, events) = audit_file::write(chain, from, until, &args.out).await?;
    chain.mark_exported(end.seq).await?;
    if json {
        let anchor = audit_verify::anchor(&end);
        return out::json(&json!({ "events": events, "file": args.out, "anchor": anchor }));
    }
    out::line(format!("{events} events were written to {}", args.out.display()));
    out::line(format!("the file ends at {}", audit_verify::anchor(&end)));
    Ok(())
}

/// What the export begins after: the oldest event that is kept, or the last exported one.
async fn beginning(new: bool, context: &Context) -> anyhow::Result<ChainPoint> {
    let head = context.audit_chain.head().await?;
    if !new || head.exported <= head.pruned.seq {
        return Ok(head.pruned);
    }
    let page = context
        .audit_chain
        .export_page(head.exported - 1, DateTime::<Utc>::MAX_UTC)
        .await?;
    let last = page.into_iter().next().and_then(|record| record.seal);
    let last = last.filter(|seal| seal.seq == head.exported);
    let last = last.context("the last exported event is gone; see `mainstay audit verify`")?;
    Ok(ChainPoint {
        seq: last.seq,
        hash: last.hash,
    })
}

async fn prune(before: Option<DateTime<Utc>>, context: &Context, json: bool) -> anyhow::Result<()> {
    let audit = &context.config.audit;
    let retention = (!audit.retention.is_zero()).then(|| context.clock.now() - audit.retention);
    let Some(before) = before.or(retention) else {
        let text = "audit.retention is 0s: everything is kept; --before says what to remove all the same";
        return Err(Usage(text.to_owned()).into());
    };
    let rule = PruneRule {
        before,
        only_exported: audit.require_export,
    };
    let removed = context.audit_chain.prune(rule).await?;
    if json {
        return out::json(&json!({ "removed": removed }));
    }
    out::line(format!("{removed} events were removed"));
    Ok(())
}

async fn anchor(context: &Context, json: bool) -> anyhow::Result<()> {
    context.audit_chain.seal().await?;
    let anchor = audit_verify::anchor(&context.audit_chain.head().await?.sealed);
    if json {
        return out::json(&json!({ "anchor": anchor }));
    }
    out::line(anchor);
    Ok(())
}

/// Whoever goes on with a broken chain makes it look whole; so it takes a word more.
async fn reseal(force: bool, context: &Context, json: bool) -> anyhow::Result<ExitCode> {
    let report = context.audit_chain.verify(Vec::new()).await?;
    let broken = report
        .findings
        .iter()
        .any(|finding| finding.problem != Problem::OtherKey);
    if broken && !force {
        audit_verify::show(&report, json)?;
        out::complain("nothing was changed; --force goes on with the chain as it is");
        return Ok(ExitCode::FAILURE);
    }
    let resealed = context.audit_chain.reseal().await?;
    if json {
        out::json(&json!({ "resealed": resealed }))?;
    } else if resealed {
        out::line("the chain goes on under the SECRET_KEY of now");
    } else {
        out::line("the chain is sealed under this SECRET_KEY already");
    }
    Ok(ExitCode::SUCCESS)
}
