//! The pool behind the port.

use std::{sync::Arc, thread, time::Duration};

use async_trait::async_trait;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use mainstay_domain::{Password, PasswordHash};
use mainstay_services::ports::{HashError, PasswordHasher, Verification};
use tokio::sync::oneshot;

use super::{
    Cost, HasherSettings, InvalidHasherSettings, Kernel,
    job::Waiting,
    queue::{Full, Queue},
    stored_hash::{SALT_LEN, StoredHash, TAG_LEN},
    worker::work,
};
use crate::system_entropy::random_octets;

/// Hashes passwords with argon2id on threads of its own.
pub struct Argon2Hasher {
    cost: Cost,
    threads: usize,
    queue: Arc<Queue>,
    /// What passwords are compared with if nobody has the address.
    decoy: StoredHash,
}

impl Argon2Hasher {
    /// Starts the threads. They end when the hasher is dropped.
    ///
    /// # Errors
    /// [`InvalidHasherSettings`] if argon2 knows no such parameters, if there would be no
    /// thread or no place in the queue, or if the system starts no threads.
    pub fn new(settings: &HasherSettings) -> Result<Self, InvalidHasherSettings> {
        Self::with_kernel(settings, &Kernel::checked())
    }

    fn with_kernel(settings: &HasherSettings, kernel: &Kernel) -> Result<Self, InvalidHasherSettings> {
        let cost = settings.cost();
        let decoy = StoredHash {
            cost,
            salt: random_octets::<SALT_LEN>().into(),
            tag: random_octets::<TAG_LEN>().into(),
        };
        // What could not be read back must not be written.
        StoredHash::parse(&decoy.to_phc()).map_err(|error| InvalidHasherSettings(error.to_string()))?;
        if settings.threads == 0 || settings.queue == 0 {
            return Err(InvalidHasherSettings(
                "threads and queue must be at least 1".to_owned(),
            ));
        }
        let hasher = Self {
            cost,
            threads: settings.threads,
            queue: Arc::new(Queue::new(settings.queue)),
            decoy,
        };
        for number in 0..settings.threads {
            let (queue, kernel) = (Arc::clone(&hasher.queue), kernel.sibling());
            thread::Builder::new()
                .name(format!("argon2-{number}"))
                .spawn(move || work(&queue, kernel))
                .map_err(|error| InvalidHasherSettings(format!("no thread could be started: {error}")))?;
        }
        Ok(hasher)
    }

    /// Has `task` done by a thread of the pool.
    async fn submit<T, W>(&self, task: W) -> Result<T, HashError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Kernel) -> Result<T, HashError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        self.queue
            .push(Box::new(Waiting { work: task, answer }))
            .map_err(|full| {
                metrics::counter!("mainstay_hash_rejected_total").increment(1);
                HashError::Overloaded {
                    retry_after: self.retry_after(&full),
                }
            })?;
        result
            .await
            .unwrap_or_else(|_| Err(HashError::Failed("the hash was given up".to_owned())))
    }

    /// When those who wait now will have been served, in whole seconds.
    fn retry_after(&self, full: &Full) -> Duration {
        let rounds = u32::try_from(full.waiting.div_ceil(self.threads)).unwrap_or(u32::MAX);
        let seconds = full.pace.saturating_mul(rounds).as_secs_f64().ceil();
        Duration::from_secs_f64(seconds.clamp(1.0, 60.0))
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let (cost, password) = (self.cost, password.clone());
        self.submit(move |kernel| {
            let salt = random_octets::<SALT_LEN>();
            let tag = compute(kernel, cost, &password, &salt, TAG_LEN)?;
            Ok(StoredHash {
                cost,
                salt: salt.into(),
                tag,
            }
            .to_phc())
        })
        .await
    }

    async fn verify(
        &self,
        password: &Password,
        hash: Option<PasswordHash>,
    ) -> Result<Verification, HashError> {
        let is_decoy = hash.is_none();
        let stored = hash.map_or_else(|| Ok(self.decoy.clone()), |hash| StoredHash::parse(&hash))?;
        let (cost, password) = (self.cost, password.clone());
        self.submit(move |kernel| {
            let tag = compute(kernel, stored.cost, &password, &stored.salt, stored.tag.len())?;
            if stored.cost.memory_kib > cost.memory_kib {
                // An old hash with more memory must not make this thread keep it for good.
                kernel.release_memory();
            }
            Ok(match verify_slices_are_equal(&tag, &stored.tag) {
                Ok(()) if is_decoy => Verification::Mismatch,
                Ok(()) if stored.is_current(cost) => Verification::Match,
                Ok(()) => Verification::MatchOutdated,
                Err(_) => Verification::Mismatch,
            })
        })
        .await
    }
}

impl Drop for Argon2Hasher {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn compute(
    kernel: &mut Kernel,
    cost: Cost,
    password: &Password,
    salt: &[u8],
    tag_len: usize,
) -> Result<Vec<u8>, HashError> {
    let mut tag = vec![0; tag_len];
    kernel
        .hash_into(cost, password.expose().as_bytes(), salt, &mut tag)
        .map_err(HashError::Failed)?;
    Ok(tag)
}

#[cfg(test)]
#[path = "hasher_tests.rs"]
mod tests;
