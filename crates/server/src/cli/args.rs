//! What can be written on the command line.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use mainstay_domain::{ChainPoint, JobId, JobKind, JobStatus};
use mainstay_services::users::ImportOptions;

use super::hex;

/// Mainstay: a backend for accounts, users, files and notifications.
#[derive(Debug, Parser)]
#[command(name = "mainstay", version, about)]
pub(super) struct Cli {
    #[command(flatten)]
    pub global: Global,
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Configuration file [default: mainstay.toml if it exists].
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON for programs instead of text for people.
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the server.
    Serve,
    /// Do queued and scheduled jobs, such as sending mails, and serve nobody. Answers health and
    /// metrics if server.management_port is set.
    Worker,
    /// Look after the database schema.
    #[command(subcommand)]
    Migrate(Migrate),
    /// Copy a SQLite database into a file while servers go on. Files and keys are not in it.
    Backup(DatabaseCopy),
    /// Put a copy that `backup` made in the database's place. No server may run.
    Restore(DatabaseCopy),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make administrators, and help people who have lost their second factors.
    #[command(subcommand)]
    Admin(Admin),
    /// Take accounts over from another system, or hand them out.
    #[command(subcommand)]
    Users(Users),
    /// Look after the keys that access tokens are signed with.
    #[command(subcommand)]
    Keys(Keys),
    /// Look after the queue of mails and other work that is done afterwards.
    #[command(subcommand)]
    Jobs(Jobs),
    /// Check, export and prune the audit log.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look after the octets of files.
    #[command(subcommand)]
    Storage(StorageCommand),
    /// Print the OpenAPI document.
    Openapi,
    /// Ask a running server on this machine whether it is alive; for container probes.
    Health {
        /// Ask the management port instead, which workers may have, too.
        #[arg(long)]
        management: bool,
    },
    /// Print a script that completes this command line in a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Print the text of .env.example.
    EnvExample,
    /// Print the table of error codes.
    Errors,
}

/// A copy of the database.
#[derive(Debug, Args)]
pub(super) struct DatabaseCopy {
    /// The copy.
    pub file: PathBuf,
    /// Replace what is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Migrate {
    /// Apply the steps that are not applied yet.
    Up,
    /// Take the last steps back.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        steps: u32,
    },
    /// Show which steps are applied.
    Status,
    /// Drop every table and begin anew. All data is lost. Refused in production.
    Fresh {
        /// Yes, lose all data.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether the configuration is acceptable, and everything that is wrong with it.
    Check,
    /// Show every key, its value and where that came from. Secrets are shown as ***.
    Show,
    /// Print every key with its variable, default and meaning as a Markdown table.
    Reference,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Keys {
    /// Make a new signing key. It is published first and signs later; nobody is logged out.
    Rotate {
        /// The old keys may be in wrong hands: sign with the new one and forget them at once.
        #[arg(long)]
        now: bool,
    },
    /// Show every signing key and what it is doing.
    List,
}

#[derive(Debug, Subcommand)]
pub(super) enum Jobs {
    /// Show jobs, newest first; dead ones unless told otherwise. What they are about is never shown.
    List(ListJobs),
    /// Have dead jobs tried again. Stops at the first that is not dead.
    Retry {
        /// Which.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<JobId>,
    },
    /// Remove jobs that are queued or dead. Stops at the first that is neither.
    Remove {
        /// Which.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<JobId>,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListJobs {
    /// Only in this status: queued, running, done or dead.
    #[arg(long, default_value = "dead", conflicts_with = "all")]
    pub status: JobStatus,
    /// In whatever status.
    #[arg(long)]
    pub all: bool,
    /// Only of this kind, such as mail.
    #[arg(long, value_parser = JobKind::parse)]
    pub kind: Option<JobKind>,
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
}

/// About the octets of files.
#[derive(Debug, Subcommand)]
pub(super) enum StorageCommand {
    /// Look at every object and every file; remove octets that nothing stands for and name files whose
    /// octets are missing. Exit code 1 if there are such files.
    Sweep(SweepStorage),
}

#[derive(Debug, Args)]
pub(super) struct SweepStorage {
    /// Say what there is to do, and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Remove the files whose octets are missing. They are lost then: restore the object store first
    /// if you can.
    #[arg(long)]
    pub remove_lost: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Make an administrator. The password is asked for, or read from standard input.
    Create(NewAdmin),
    /// Remove every second factor of somebody who has lost them. Ends their sessions.
    ResetMfa {
        /// Their mail address.
        email: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct NewAdmin {
    /// Mail address to log in with.
    #[arg(long)]
    pub email: String,
    /// User name to log in with, too.
    #[arg(long)]
    pub username: Option<String>,
    /// Read the password from standard input without asking.
    #[arg(long)]
    pub password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Users {
    /// Make accounts of JSON Lines, with the hashes other systems made of their passwords. Prints
    /// a line of JSON about each row. Exits with 3 if a row was refused.
    Import(Import),
    /// Print every account as a line of JSON that `users import` takes.
    Export {
        /// With the hashes of the passwords. Keep the file as you would keep the passwords.
        #[arg(long)]
        with_hashes: bool,
    },
}

/// About the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Walk the chain and say what is wrong with it. Exit code 1 if anything is.
    Verify(VerifyAudit),
    /// Write events with their hashes to a file, one JSON object a line.
    Export(ExportAudit),
    /// Remove events whose retention has ended.
    Prune {
        /// Remove what happened before this instead [default: now less audit.retention].
        #[arg(long, value_name = "TIME", value_parser = moment)]
        before: Option<DateTime<Utc>>,
    },
    /// Print how far the chain reaches, as an anchor to be kept elsewhere.
    Anchor,
    /// Go on under a new SECRET_KEY, after a check of the chain.
    Reseal {
        /// Go on even if the check finds something.
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file; - reads standard input.
    pub file: PathBuf,
    /// Say what would become of each row, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Pass over addresses that have an account already, even if the data differ.
    #[arg(long)]
    pub resume: bool,
}

impl Import {
    /// What the service needs to know of it.
    pub fn options(&self) -> ImportOptions {
        ImportOptions {
            dry_run: self.dry_run,
            resume: self.resume,
        }
    }
}

/// What to check.
#[derive(Debug, Args)]
pub(super) struct VerifyAudit {
    /// Check a file that `audit export` wrote instead of the database.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// A place that was noted earlier, which the chain must lead through; may be repeated.
    #[arg(long = "anchor", value_name = "SEQ:HASH", value_parser = anchor)]
    pub anchors: Vec<ChainPoint>,
    /// Check a file of another server, whose key is not at hand.
    #[arg(long, requires = "file")]
    pub without_key: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExportAudit {
    /// Only what happened before this [default: now].
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<DateTime<Utc>>,
    /// A file that does not exist yet.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Only what was not exported before.
    #[arg(long)]
    pub new: bool,
}

/// `2026-11-21T10:00:00Z`, or a day, which begins at midnight UTC.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let day = text
        .parse::<NaiveDate>()
        .ok()
        .and_then(|day| day.and_hms_opt(0, 0, 0));
    match (day, text.parse::<DateTime<Utc>>()) {
        (Some(midnight), _) => Ok(midnight.and_utc()),
        (None, Ok(moment)) => Ok(moment),
        (None, Err(_)) => Err("expected a time such as 2026-11-21T10:00:00Z, or a day".to_owned()),
    }
}

fn anchor(text: &str) -> Result<ChainPoint, String> {
    let point = text.split_once(':').and_then(|(seq, hash)| {
        Some(ChainPoint {
            seq: seq.parse().ok()?,
            hash: hex::decode(hash).filter(|hash| hash.len() == 32)?,
        })
    });
    point.ok_or_else(|| "expected a number, a colon and 64 hexadecimal digits".to_owned())
}
