//! Milliseconds of CPU a password hash takes, by the `argon2` crate and by the fast kernel.
//!
//! `cargo run --release -p mainstay-adapters --example argon2_kernel [rounds]`
#![allow(clippy::print_stdout, reason = "it is a program for people")]

use std::{fs, time::Duration};

use mainstay_adapters::{Cost, Kernel};

/// What OWASP recommends, and Mainstay's default.
const COST: Cost = Cost {
    memory_kib: 19_456,
    iterations: 2,
    parallelism: 1,
};

/// Hashes measured in one go.
const BATCH: u32 = 10;

fn main() -> Result<(), String> {
    let rounds: usize = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(9);
    let (mut reference, mut fast) = (Kernel::reference(), Kernel::fast());
    println!("backend of argon2-rust: {}", argon2_rust::detected_backend());
    let (mut fresh_times, mut reference_times, mut fast_times) = (Vec::new(), Vec::new(), Vec::new());
    // Interleaved, so that a busy machine hits all alike.
    for _ in 0..rounds {
        fresh_times.push(time(|| hash(&mut Kernel::reference()))?);
        reference_times.push(time(|| hash(&mut reference))?);
        fast_times.push(time(|| hash(&mut fast))?);
    }
    let (fresh, reference, fast) = (median(fresh_times), median(reference_times), median(fast_times));
    println!("argon2, fresh memory   {fresh:.2} ms/hash");
    println!("argon2, memory reused  {reference:.2} ms/hash");
    println!("argon2-rust            {fast:.2} ms/hash");
    println!(
        "ratio                  {:.2} (memory reused), {:.2} (fresh)",
        reference / fast,
        fresh / fast
    );
    Ok(())
}

fn hash(kernel: &mut Kernel) -> Result<(), String> {
    kernel.hash_into(
        COST,
        b"correct horse battery staple",
        b"0123456789abcdef",
        &mut [0; 32],
    )
}

fn time(mut work: impl FnMut() -> Result<(), String>) -> Result<Duration, String> {
    let start = cpu_time()?;
    for _ in 0..BATCH {
        work()?;
    }
    Ok((cpu_time()? - start) / BATCH)
}

/// CPU this thread has used: unlike the time on the wall, it does not grow with the load that
/// others put on the machine. Linux tells it.
fn cpu_time() -> Result<Duration, String> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").map_err(|error| error.to_string())?;
    let nanos = text.split(' ').next().and_then(|field| field.parse().ok());
    nanos
        .map(Duration::from_nanos)
        .ok_or_else(|| "schedstat cannot be read".to_owned())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
