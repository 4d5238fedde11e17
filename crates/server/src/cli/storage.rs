//! `storage sweep`.

use std::process::ExitCode;

use mainstay_services::storage::{SweepOptions, SweepReport};
use serde_json::{Value, json};

use super::{
    args::{StorageCommand, SweepStorage},
    out,
};
use crate::ServerBuilder;

pub(super) async fn run(
    command: StorageCommand,
    builder: ServerBuilder,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let StorageCommand::Sweep(args) = command;
    let wired = builder.wire().await?;
    let outcome = wired.services.storage.sweep_all(args.options()).await;
    wired.context.sea.close().await?;
    let report = outcome?;
    if json {
        out::json(&as_json(&report, &args))?;
    } else {
        show(&report, &args);
    }
    Ok(if report.is_whole() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl SweepStorage {
    fn options(&self) -> SweepOptions {
        SweepOptions {
            dry_run: self.dry_run,
            remove_lost: self.remove_lost,
        }
    }
}

fn show(report: &SweepReport, args: &SweepStorage) {
    let (done, swept) = (if args.dry_run { "to remove" } else { "removed" }, &report.swept);
    out::line(format!("{} uploads that broke off given up", swept.abandoned));
    out::line(format!(
        "{} blobs that no file stands for {done}{}",
        swept.removed,
        if args.dry_run {
            String::new()
        } else {
            format!(", {} octets", swept.freed)
        },
    ));
    out::line(format!(
        "{} objects looked at; {} that no row knows of {done}, {} octets",
        report.objects, report.strays, report.stray_octets
    ));
    out::line(format!(
        "{} files looked at, {} of them without their octets, {} of those removed",
        report.files, report.lost, report.lost_removed
    ));
    for lost in &report.lost_files {
        out::line(format!(
            "LOST {}/{} ({})",
            lost.bucket.name, lost.file.key, lost.file.id
        ));
    }
    if report.lost > report.lost_files.len() as u64 {
        out::line(format!("and more: {} in all", report.lost));
    }
    if args.remove_lost && !args.dry_run && report.lost > 0 && report.lost_removed == 0 {
        out::line("no file at all has its octets: nothing was removed; is this the right object store?");
    }
}

fn as_json(report: &SweepReport, args: &SweepStorage) -> Value {
    let lost = report.lost_files.iter().map(|lost| {
        json!({
            "id": lost.file.id.to_string(),
            "bucket": lost.bucket.name.as_str(),
            "key": lost.file.key.as_str(),
            "size": lost.file.size,
        })
    });
    json!({
        "ok": report.is_whole(),
        "dry_run": args.dry_run,
        "abandoned": report.swept.abandoned,
        "removed": report.swept.removed,
        "freed": report.swept.freed,
        "objects": report.objects,
        "strays": report.strays,
        "stray_octets": report.stray_octets,
        "files": report.files,
        "lost": report.lost,
        "lost_removed": report.lost_removed,
        "lost_files": lost.collect::<Vec<_>>(),
    })
}
