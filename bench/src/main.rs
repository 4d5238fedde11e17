//! `cargo run --release -p mainstay-bench` is `python3 bench/run.py`.

use std::{
    env,
    process::{Command, ExitCode},
};

fn main() -> ExitCode {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/run.py");
    match Command::new("python3")
        .arg(script)
        .args(env::args_os().skip(1))
        .status()
    {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("python3 cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}
