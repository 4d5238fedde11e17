//! All of it, for whoever puts a server together.

use std::{sync::Arc, time::Duration};

use mainstay_services::ports::{PrincipalCache, SharedBuckets};
use tokio::{task::JoinSet, time::timeout};
use uuid::Uuid;

use super::{
    Announcement, InvalidRedisSettings, RedisSettings, announcer::Announcer, buckets::RedisBuckets,
    link::RedisLink, listener::listen, principal_cache::AnnouncingCache,
};

/// What is called with everything that other replicas say, and with all they may have said while
/// nobody listened. It must not wait.
pub type Hear = Arc<dyn Fn(Announcement) + Send + Sync>;

/// What a replica shares with others by Redis. Nothing is sent before [`RedisHub::start`].
pub struct RedisHub {
    link: Arc<RedisLink>,
    announcer: Arc<Announcer>,
}

impl RedisHub {
    /// A hub that is not connected yet. `name` tells this replica from others.
    ///
    /// # Errors
    /// [`InvalidRedisSettings`]; whether anybody answers is not asked.
    pub fn new(settings: RedisSettings, name: Uuid) -> Result<Self, InvalidRedisSettings> {
        let link = Arc::new(RedisLink::new(settings)?);
        let announcer = Arc::new(Announcer::new(Arc::clone(&link), name));
        Ok(Self { link, announcer })
    }

    /// A cache over `local` whose other replicas forget what it forgets.
    #[must_use]
    pub fn principal_cache(&self, local: Arc<dyn PrincipalCache>) -> Arc<dyn PrincipalCache> {
        Arc::new(AnnouncingCache {
            local,
            announcer: Arc::clone(&self.announcer),
        })
    }

    /// Limits that all replicas count together.
    #[must_use]
    pub fn buckets(&self) -> Arc<dyn SharedBuckets> {
        Arc::new(RedisBuckets(Arc::clone(&self.link)))
    }

    /// Has something said to other replicas, soon.
    pub fn say(&self, announcement: Announcement) {
        self.announcer.say(announcement);
    }

    /// Whether Redis answers, as it was seen last. Asks nobody.
    ///
    /// # Errors
    /// Why not, without secrets.
    pub fn state(&self) -> Result<(), String> {
        self.link.state()
    }

    /// Begins to connect, to say and to listen, and goes on until the tasks are stopped.
    #[must_use]
    pub fn start(&self, hear: Hear) -> RedisTasks {
        let mut tasks = JoinSet::new();
        let link = Arc::clone(&self.link);
        tasks.spawn(async move { link.keep().await });
        let announcer = Arc::clone(&self.announcer);
        tasks.spawn(async move { announcer.run().await });
        tasks.spawn(listen(Arc::clone(&self.link), self.announcer.name, hear));
        RedisTasks {
            tasks,
            announcer: Arc::clone(&self.announcer),
        }
    }
}

/// Work under way; it ends when this is dropped.
pub struct RedisTasks {
    tasks: JoinSet<()>,
    announcer: Arc<Announcer>,
}

impl RedisTasks {
    /// Says what is left to say, for `patience` at most, and ends. What was not said reaches other
    /// replicas when what they remember runs out.
    pub async fn stop(mut self, patience: Duration) {
        if timeout(patience, self.announcer.is_silent()).await.is_err() {
            tracing::debug!("not everything could be announced");
        }
        self.tasks.shutdown().await;
    }
}
