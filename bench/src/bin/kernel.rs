//! Hashes a second that an argon2 kernel makes raw: `kernel fast|reference THREADS SECONDS`.
//!
//! `reference` is the `argon2` crate as one would use it: fresh memory for each hash.
#![allow(clippy::print_stdout, reason = "it is a program for scripts")]

use std::{
    env,
    error::Error,
    thread,
    time::{Duration, Instant},
};

use mainstay_adapters::{Cost, Kernel};

const COST: Cost = Cost {
    memory_kib: 19_456,
    iterations: 2,
    parallelism: 1,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [which, threads, seconds] = arguments.as_slice() else {
        return Err("usage: kernel fast|reference THREADS SECONDS".into());
    };
    let (threads, duration) = (
        threads.parse::<usize>()?,
        Duration::from_secs_f64(seconds.parse()?),
    );
    let is_fast = which == "fast";
    let start = Instant::now();
    let hashes: u32 = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(move || count(is_fast, duration)))
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0)).sum()
    });
    println!(
        "{{\"hashes_per_second\":{:.2}}}",
        f64::from(hashes) / start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn count(is_fast: bool, duration: Duration) -> u32 {
    let (mut kernel, start, mut hashes) = (Kernel::fast(), Instant::now(), 0);
    while start.elapsed() < duration {
        if !is_fast {
            kernel = Kernel::reference();
        }
        let mut tag = [0; 32];
        if kernel
            .hash_into(
                COST,
                b"correct horse battery staple",
                b"0123456789abcdef",
                &mut tag,
            )
            .is_ok()
        {
            hashes += 1;
        }
    }
    hashes
}
