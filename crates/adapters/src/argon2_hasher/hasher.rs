//! The pool behind the port.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use mainstay_domain::{InvalidValue, Password, PasswordHash};
use mainstay_services::ports::{HashError, PasswordHasher, Verification};
use tokio::sync::oneshot;

use super::{
    Cost, HasherSettings, InvalidHasherSettings, Kernel,
    comparison::{Comparison, compute},
    floor::Floor,
    job::Waiting,
    queue::{Full, Queue},
    stored_hash::{SALT_LEN, StoredHash, TAG_LEN},
    worker::work,
};
use crate::{
    foreign_hash::{self, FirebaseScrypt},
    system_entropy::random_octets,
};

/// More for one hash is a typing error.
const MOST_OWN_MEMORY_KIB: u32 = 4 << 20;

/// Hashes passwords with argon2id on threads of its own.
pub struct Argon2Hasher {
    cost: Cost,
    threads: usize,
    queue: Arc<Queue>,
    /// What passwords are compared with if nobody has the address.
    decoy: StoredHash,
    /// How long the answer "no" takes, so that it does not tell how a hash was made.
    floor: Floor,
    /// What hashes of Firebase accounts are compared with.
    firebase: Option<FirebaseScrypt>,
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

    /// Lets passwords of this Firebase project in.
    #[must_use]
    pub fn with_firebase(mut self, project: Option<FirebaseScrypt>) -> Self {
        self.firebase = project;
        self
    }

    fn with_kernel(settings: &HasherSettings, kernel: &Kernel) -> Result<Self, InvalidHasherSettings> {
        let cost = settings.cost();
        let decoy = StoredHash {
            cost,
            salt: random_octets::<SALT_LEN>().into(),
            tag: random_octets::<TAG_LEN>().into(),
        };
        // What could not be read back must not be written.
        StoredHash::parse(&decoy.to_phc(), cost).map_err(|error| InvalidHasherSettings(error.to_string()))?;
        if cost.memory_kib > MOST_OWN_MEMORY_KIB {
            return Err(InvalidHasherSettings("memory must be 4 GiB at most".to_owned()));
        }
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
            floor: Floor::default(),
            firebase: None,
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

    /// What to do with a password; a stored hash that cannot be read is as good as none.
    fn comparison(&self, hash: Option<PasswordHash>) -> Comparison {
        let Some(hash) = hash else {
            return Comparison::Decoy(self.decoy.clone());
        };
        if let Ok(stored) = StoredHash::parse(&hash, self.cost) {
            return Comparison::Own(stored);
        }
        match foreign_hash::parse(hash.expose(), self.firebase.as_ref()) {
            Ok(foreign) => Comparison::Foreign(foreign),
            Err(reason) => {
                tracing::warn!(
                    reason = reason.code,
                    "nobody gets in with a stored hash that cannot be used"
                );
                Comparison::Decoy(self.decoy.clone())
            }
        }
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
            let tag = compute(kernel, cost, &password, (&salt, TAG_LEN))?;
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
        let (cost, password) = (self.cost, password.clone());
        let comparison = self.comparison(hash);
        let class = comparison.class();
        let (verdict, took) = self
            .submit(move |kernel| {
                let begun = Instant::now();
                let verdict = comparison.judge(kernel, cost, &password)?;
                Ok((verdict, begun.elapsed()))
            })
            .await?;
        self.floor.record(class, took);
        if verdict == Verification::Mismatch {
            tokio::time::sleep(self.floor.rest(took)).await;
        }
        Ok(verdict)
    }

    fn adopt(&self, hash: &str) -> Result<PasswordHash, InvalidValue> {
        let adopted = PasswordHash(hash.to_owned());
        if StoredHash::parse(&adopted, self.cost).is_err() {
            foreign_hash::parse(hash, self.firebase.as_ref())?;
        }
        Ok(adopted)
    }
}

impl Drop for Argon2Hasher {
    fn drop(&mut self) {
        self.queue.close();
    }
}

#[cfg(test)]
#[path = "hasher_tests.rs"]
mod tests;
