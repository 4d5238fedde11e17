//! Password hashing with argon2id on a bounded pool of threads.
//!
//! A hash costs milliseconds of CPU and 19 MiB of memory on purpose. Left unbounded, a burst
//! of logins takes gigabytes and starves everybody else; so a fixed number of threads compute,
//! each in memory of its own that it uses again, and a bounded queue refuses at once what it
//! could not serve soon. Hashes that other systems made are compared on the same threads.

mod comparison;
mod floor;
mod hasher;
mod job;
mod kernel;
mod queue;
mod settings;
mod stored_hash;
mod worker;

pub use hasher::Argon2Hasher;
pub use kernel::{Cost, Kernel};
pub use settings::{HasherSettings, InvalidHasherSettings};
