//! The Mainstay server: configuration, wiring and command line.
#![deny(missing_docs)]

pub mod config;
