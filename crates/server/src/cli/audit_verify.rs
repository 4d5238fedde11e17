//! `audit verify`.

use std::process::ExitCode;

use chrono::DateTime;
use mainstay_domain::ChainPoint;
use mainstay_services::audit::{AuditChain, ChainReport, Finding};
use serde_json::{Value, json};

use super::{args::VerifyAudit, audit_file, hex, out};

pub(super) async fn run(chain: &AuditChain, args: VerifyAudit, json: bool) -> anyhow::Result<ExitCode> {
    let report = match &args.file {
        Some(path) => {
            let key = (!args.without_key).then(|| chain.key());
            let (walk, end) = audit_file::walk(path, args.anchors, key)?;
            ChainReport {
                end,
                pruned: 0,
                events: walk.events,
                erased: walk.erased,
                unsealed: 0,
                oldest_unsealed: None,
                findings: walk.findings,
                problems: walk.problems,
            }
        }
        None => chain.verify(args.anchors).await?,
    };
    show(&report, json)?;
    Ok(if report.problems == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

pub(super) fn show(report: &ChainReport, json: bool) -> anyhow::Result<()> {
    if json {
        return out::json(&as_json(report));
    }
    for Finding { seq, problem } in &report.findings {
        out::line(format!("event {seq}: {problem}"));
    }
    if report.problems > report.findings.len() as u64 {
        out::line(format!("and more: {} problems in all", report.problems));
    }
    let erased = report.erased;
    out::line(format!(
        "{} events checked, {erased} of them without their personal part",
        report.events
    ));
    out::line(format!("{} events wait to be sealed", report.unsealed));
    out::line(format!("the chain ends at {}", anchor(&report.end)));
    out::line(match report.problems {
        0 => "the chain is whole".to_owned(),
        _ => "THE CHAIN IS BROKEN".to_owned(),
    });
    Ok(())
}

fn as_json(report: &ChainReport) -> Value {
    let findings = report.findings.iter().map(|Finding { seq, problem }| {
        json!({ "seq": seq, "problem": problem.code(), "message": problem.to_string() })
    });
    let oldest = report.oldest_unsealed.and_then(DateTime::from_timestamp_micros);
    json!({
        "ok": report.problems == 0,
        "events": report.events,
        "erased": report.erased,
        "unsealed": report.unsealed,
        "oldest_unsealed": oldest,
        "pruned": report.pruned,
        "end": { "seq": report.end.seq, "hash": hex::encode(&report.end.hash) },
        "problems": report.problems,
        "findings": findings.collect::<Vec<_>>(),
    })
}

/// A place as `--anchor` takes it.
pub(super) fn anchor(point: &ChainPoint) -> String {
    format!("{}:{}", point.seq, hex::encode(&point.hash))
}
