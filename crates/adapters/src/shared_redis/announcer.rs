//! Telling other replicas.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::{Announcement, announcement::message, link::RedisLink};

/// So many wait at most. More of them become one: to forget everything.
const MOST: usize = 1_000;
/// So many go into one message.
const BATCH: usize = 100;

/// Says what changed, in the background: nobody waits for it. What could not be said is said
/// again, until somebody took it.
pub(super) struct Announcer {
    pub(super) link: Arc<RedisLink>,
    /// Who speaks.
    pub(super) name: Uuid,
    waiting: Mutex<HashSet<Announcement>>,
    more: Notify,
    silent: watch::Sender<bool>,
}

impl Announcer {
    pub(super) fn new(link: Arc<RedisLink>, name: Uuid) -> Self {
        Self {
            link,
            name,
            waiting: Mutex::default(),
            more: Notify::new(),
            silent: watch::Sender::new(true),
        }
    }

    /// Has it said soon.
    pub(super) fn say(&self, announcement: Announcement) {
        self.add([announcement]);
        self.more.notify_one();
    }

    fn add(&self, announcements: impl IntoIterator<Item = Announcement>) {
        let mut waiting = self.waiting();
        waiting.extend(announcements);
        if waiting.len() > MOST {
            let jobs = waiting.contains(&Announcement::Jobs);
            waiting.clear();
            waiting.insert(Announcement::Everything);
            waiting.extend(jobs.then_some(Announcement::Jobs));
        }
        self.silent.send_replace(false);
    }

    /// Says what waits, for ever.
    pub(super) async fn run(&self) {
        let channel = self.link.channel();
        loop {
            self.link.is_up().await;
            let batch = self.take();
            if batch.is_empty() {
                self.more.notified().await;
                continue;
            }
            let mut publish = redis::cmd("PUBLISH");
            publish.arg(&channel).arg(message(self.name, &batch));
            if self.link.ask::<()>(&publish).await.is_err() {
                self.add(batch);
            }
        }
    }

    /// Out of what waits, so that what is said while these are on their way is said again: it may
    /// have happened after others heard of the first.
    fn take(&self) -> Vec<Announcement> {
        let mut waiting = self.waiting();
        let batch: Vec<_> = waiting.iter().take(BATCH).copied().collect();
        for taken in &batch {
            waiting.remove(taken);
        }
        if batch.is_empty() {
            self.silent.send_replace(true);
        }
        batch
    }

    /// Waits until nothing is left to say.
    pub(super) async fn is_silent(&self) {
        // The sender is here, so that waiting cannot fail.
        let _ = self.silent.subscribe().wait_for(|silent| *silent).await;
    }

    fn waiting(&self) -> MutexGuard<'_, HashSet<Announcement>> {
        // Whole after every statement, so a panic elsewhere has not harmed it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
