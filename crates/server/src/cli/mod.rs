//! The command line.

mod admin;
mod args;
mod audit;
mod audit_file;
mod audit_line;
mod audit_verify;
mod backup;
mod config;
mod health;
mod hex;
mod jobs;
mod keys;
mod migrate;
mod out;
mod part_file;
mod run;
mod serve;
mod storage;
mod texts;
mod users;
mod worker;

pub use run::main_with;
