//! `users import|export`: accounts as JSON Lines.

mod export;
mod import;
mod json_fields;
mod lines;
mod report;
mod row;
mod run;

pub(super) use run::run;
