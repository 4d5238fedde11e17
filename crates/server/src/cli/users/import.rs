//! `users import FILE`.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use mainstay_services::users::{ImportOptions, ImportedUser, UserImport, UserTransfer};

use super::{
    lines::{Line, Lines},
    report::{Report, RowError},
    row,
};
use crate::cli::run::Usage;

/// Rows of one unit of work.
const BATCH: usize = 500;
/// Not every row went in.
const SOME_REFUSED: u8 = 3;

/// Where rows come from.
pub(super) type Input = Lines<Box<dyn BufRead>>;

/// Opens a file, or standard input for `-`.
pub(super) fn open(path: &Path) -> Result<Input, Usage> {
    if path == Path::new("-") {
        return Ok(Lines::new(Box::new(BufReader::new(io::stdin()))));
    }
    let refused = |error| Usage(format!("{} cannot be read: {error}", path.display()));
    let file = File::open(path).map_err(refused)?;
    Ok(Lines::new(Box::new(BufReader::new(file))))
}

/// Takes over row by row; what went in stays, whatever follows.
pub(super) async fn run(
    mut input: Input,
    transfer: &UserTransfer,
    options: ImportOptions,
) -> anyhow::Result<ExitCode> {
    let mut import = transfer.import(options).await?;
    let mut report = Report {
        dry_run: options.dry_run,
        ..Report::default()
    };
    let outcome = take_all(&mut input, &mut import, &mut report).await;
    report.conclude();
    outcome?;
    Ok(if report.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOME_REFUSED)
    })
}

async fn take_all(input: &mut Input, import: &mut UserImport<'_>, report: &mut Report) -> anyhow::Result<()> {
    loop {
        let batch = read_batch(input)?;
        if batch.is_empty() {
            return Ok(());
        }
        let numbers = batch.iter().map(|(number, _)| *number).collect::<Vec<_>>();
        let (first, last) = (numbers.first().copied(), numbers.last().copied());
        take(batch, import, report).await.with_context(|| {
            format!(
                "lines {} to {} were not taken over; import the same file again, with --resume",
                first.unwrap_or_default(),
                last.unwrap_or_default()
            )
        })?;
    }
}

type Parsed = (u64, Result<ImportedUser, Vec<RowError>>);

fn read_batch(input: &mut Input) -> anyhow::Result<Vec<Parsed>> {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        match input.next().context("the rows cannot be read")? {
            None => break,
            Some(Line { number, text: None }) => {
                let long = RowError::of_row("TOO_LONG", "must be a line of at most 64 KiB");
                batch.push((number, Err(vec![long])));
            }
            Some(Line {
                number,
                text: Some(text),
            }) => batch.push((number, row::parse(&text))),
        }
    }
    Ok(batch)
}

/// Reports in the order of the rows.
async fn take(batch: Vec<Parsed>, import: &mut UserImport<'_>, report: &mut Report) -> anyhow::Result<()> {
    let mut users = Vec::with_capacity(batch.len());
    let places = batch.into_iter().map(|(number, parsed)| match parsed {
        Ok(user) => {
            users.push(user);
            (number, None)
        }
        Err(errors) => (number, Some(errors)),
    });
    let places = places.collect::<Vec<_>>();
    let mut answers = import.take(users).await?.into_iter();
    for (number, errors) in places {
        match errors {
            Some(errors) => report.refuse(number, &errors)?,
            None => {
                let answer = answers.next().context("a row got no answer")?;
                report.answer(number, &answer)?;
            }
        }
    }
    Ok(())
}
