//! What became of each row, as JSON Lines.

use mainstay_domain::InvalidValue;
use mainstay_services::users::{Imported, Refusal};
use serde::Serialize;

use crate::cli::out;

/// One thing that is wrong with a row. It never repeats a value.
#[derive(Debug, Serialize)]
pub(super) struct RowError {
    /// Which field; none if it is the whole row.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    code: &'static str,
    message: &'static str,
}

impl RowError {
    pub fn of_row(code: &'static str, message: &'static str) -> Self {
        Self {
            field: None,
            code,
            message,
        }
    }

    pub fn of_field(field: &str, why: &InvalidValue) -> Self {
        Self {
            field: Some(field.to_owned()),
            code: why.code,
            message: why.message,
        }
    }

    pub fn unknown_field(name: &str) -> Self {
        // A column that was shifted by one could stand in the place of a name.
        let known = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let name = if known { name } else { "?" };
        Self::of_field(name, &InvalidValue::new("UNKNOWN_FIELD", "is no field of a row"))
    }

    pub fn is_of(&self, field: &str) -> bool {
        self.field.as_deref() == Some(field)
    }
}

/// A line of the report.
#[derive(Serialize)]
struct ReportLine<'a> {
    line: u64,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "<[RowError]>::is_empty")]
    errors: &'a [RowError],
}

/// Prints the report and counts.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub dry_run: bool,
    pub created: u64,
    pub skipped: u64,
    pub refused: u64,
}

impl Report {
    /// The answer of the service to a row.
    pub fn answer(&mut self, line: u64, answer: &Imported) -> anyhow::Result<()> {
        match answer {
            Imported::Created(id) => {
                self.created += 1;
                // In a dry run nobody got the id.
                let id = (!self.dry_run).then(|| id.to_string());
                print(line, "created", id, &[])
            }
            Imported::Skipped(id) => {
                self.skipped += 1;
                print(line, "skipped", Some(id.to_string()), &[])
            }
            Imported::Refused(refusals) => {
                let error = |Refusal { field, reason }: &Refusal| RowError::of_field(field, reason);
                self.refuse(line, &refusals.iter().map(error).collect::<Vec<_>>())
            }
        }
    }

    /// A row that never was an account.
    pub fn refuse(&mut self, line: u64, errors: &[RowError]) -> anyhow::Result<()> {
        self.refused += 1;
        print(line, "refused", None, errors)
    }

    /// The end, for people.
    pub fn conclude(&self) {
        let Self {
            dry_run,
            created,
            skipped,
            refused,
        } = self;
        let rows = created + skipped + refused;
        let dry = if *dry_run { ", nothing was written" } else { "" };
        out::complain(format!(
            "{rows} rows: {created} created, {skipped} skipped, {refused} refused{dry}"
        ));
    }
}

fn print(line: u64, status: &'static str, id: Option<String>, errors: &[RowError]) -> anyhow::Result<()> {
    let report = ReportLine {
        line,
        status,
        id,
        errors,
    };
    out::line(serde_json::to_string(&report)?);
    Ok(())
}
