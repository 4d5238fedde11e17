//! The command line.

mod admin;
mod args;
mod config;
mod health;
mod keys;
mod migrate;
mod out;
mod run;
mod serve;
mod texts;
mod users;

pub use run::main_with;
