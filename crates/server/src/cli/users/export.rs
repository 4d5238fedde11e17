//! `users export`.

use std::{
    io::{self, BufWriter, ErrorKind, Write},
    process::ExitCode,
};

use mainstay_services::users::{ExportedUser, UserTransfer};

use super::row;

/// Writes every account to standard output. A reader that went away is told from a full disk.
pub(super) async fn run(transfer: &UserTransfer, with_hashes: bool) -> anyhow::Result<ExitCode> {
    let mut export = transfer.export(with_hashes).await?;
    loop {
        let users = export.next().await?;
        if users.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        match write(&users) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(ExitCode::FAILURE),
            written => written?,
        }
    }
}

fn write(users: &[ExportedUser]) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    for user in users {
        serde_json::to_writer(&mut output, &row::show(user))?;
        output.write_all(b"\n")?;
    }
    output.flush()
}
