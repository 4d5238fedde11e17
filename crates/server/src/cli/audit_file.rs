//! Exported audit logs as files.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
};

use anyhow::{Context, bail};
use mainstay_domain::{AuditRecord, ChainPoint, Timestamp};
use mainstay_services::audit::{AuditChain, ChainKey, ChainWalk, Problem};
use serde::Serialize;

use super::audit_line::{FORMAT, First, Last, Line};

/// Writes events after `from` that happened before `until`; returns the last one. The file is
/// on the disk when this returns, and must not have been there before.
pub(super) async fn write(
    chain: &AuditChain,
    from: ChainPoint,
    until: Timestamp,
    path: &Path,
) -> anyhow::Result<(ChainPoint, u64)> {
    let file = create(path).with_context(|| format!("{} cannot be made", path.display()))?;
    let mut out = BufWriter::new(file);
    let first = First {
        format: FORMAT.to_owned(),
        from: (&from).into(),
    };
    put(&mut out, &first)?;
    let (mut end, mut events) = (from.clone(), 0);
    loop {
        let page = chain.export_page(end.seq, until).await?;
        let Some(seal) = page.last().and_then(|record| record.seal.as_ref()) else {
            break;
        };
        end = ChainPoint {
            seq: seal.seq,
            hash: seal.hash.clone(),
        };
        for line in page.into_iter().filter_map(Line::of) {
            put(&mut out, &line)?;
            events += 1;
        }
    }
    let last = Last {
        end: (&end).into(),
        events,
        mac: super::hex::encode(&chain.key().sign_export(&from, &end)),
    };
    put(&mut out, &last)?;
    out.into_inner()?.sync_all()?;
    Ok((end, events))
}

/// Readable by its owner only: it holds addresses and names of clients.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn put(out: &mut impl Write, line: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    Ok(out.write_all(b"\n")?)
}

/// Walks along a file. Memory does not grow with its length.
pub(super) fn walk(
    path: &Path,
    anchors: Vec<ChainPoint>,
    key: Option<&ChainKey>,
) -> anyhow::Result<(ChainWalk, ChainPoint)> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut lines = BufReader::new(file).lines();
    let first = lines.next().context("the file is empty")??;
    let first: First = serde_json::from_str(&first).context("line 1 is not that of an export")?;
    if first.format != FORMAT {
        bail!("the file has the format {:?} instead of {FORMAT:?}", first.format);
    }
    let from = first.from.read().context("line 1 has no hash")?;
    let mut walk = ChainWalk::after(from.clone(), anchors);
    for (number, line) in lines.enumerate() {
        let line = line?;
        if let Ok(last) = serde_json::from_str::<Last>(&line) {
            let end = last.end.read().context("the last line has no hash")?;
            walk.end(&end);
            let mac = super::hex::decode(&last.mac).unwrap_or_default();
            if key.is_some_and(|key| key.sign_export(&from, &end) != mac) {
                walk.complain(end.seq, Problem::FileForged);
            }
            return Ok((walk, end));
        }
        let record = record(&line).with_context(|| format!("line {} is no event", number + 2))?;
        walk.step(&record);
    }
    bail!("the file has no last line: it was cut off")
}

fn record(line: &str) -> anyhow::Result<AuditRecord> {
    let line: Line = serde_json::from_str(line)?;
    line.read().context("a hash is malformed")
}
