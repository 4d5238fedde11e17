//! What replicas share by Redis, if it is configured. Everything works without.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_adapters::{MokaPrincipalCache, PrincipalCacheSettings};
use mainstay_api::system::HealthCheck;
use mainstay_services::ports::PrincipalCache;

use crate::{Context, config::Config};

pub(crate) use configured::{Redis, RedisTasks, problem};

/// What this process remembers, and who else is told.
pub(crate) struct Sharing {
    /// Remembers principals, and tells others what is forgotten.
    pub(crate) principals: Arc<dyn PrincipalCache>,
    /// What is remembered here.
    pub(crate) local: Arc<MokaPrincipalCache>,
    /// Tells others, if there is any.
    pub(crate) redis: Option<Arc<Redis>>,
}

impl Sharing {
    pub(crate) fn configured(context: &Context) -> anyhow::Result<Self> {
        let local = Arc::new(principal_cache(&context.config));
        let here: Arc<dyn PrincipalCache> = Arc::clone(&local) as _;
        let name = context.entropy.id(context.clock.now());
        let redis = Redis::configured(&context.config, &here, name)?.map(Arc::new);
        Ok(Self {
            principals: redis.as_ref().map_or(here, |redis| redis.principals()),
            local,
            redis,
        })
    }

    /// Tells of Redis, if there is any.
    pub(crate) fn health(&self) -> Option<Arc<dyn HealthCheck>> {
        let redis = self.redis.clone()?;
        Some(Arc::new(RedisHealth(redis)))
    }
}

fn principal_cache(config: &Config) -> MokaPrincipalCache {
    if !config.cache.enabled {
        return MokaPrincipalCache::disabled();
    }
    MokaPrincipalCache::new(&PrincipalCacheSettings {
        ttl: config.cache.principal_ttl,
        capacity: config.cache.principal_capacity,
    })
}

/// Whether Redis answers, as it was seen last: nobody is asked. Requests are answered without.
struct RedisHealth(Arc<Redis>);

#[async_trait]
impl HealthCheck for RedisHealth {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), String> {
        self.0.state()
    }
}

#[cfg(feature = "redis")]
mod configured {
    use std::{fs, sync::Arc, time::Duration};

    use anyhow::Context as _;
    use mainstay_adapters::{Announcement, InvalidRedisSettings, RedisHub, RedisSettings};
    use mainstay_repositories::JobBell;
    use mainstay_services::ports::{PrincipalCache, SharedBuckets};
    use secrecy::ExposeSecret;
    use tokio::{task::JoinHandle, time::sleep};
    use uuid::Uuid;

    use crate::config::Config;

    /// Between two words about jobs, so that a wave of them is a hundred words a second.
    const BREATH: Duration = Duration::from_millis(10);

    /// The configured Redis.
    pub(crate) struct Redis {
        hub: RedisHub,
        /// What this process remembers: others say what is to be forgotten.
        local: Arc<dyn PrincipalCache>,
    }

    impl Redis {
        /// The configured Redis, around what this process remembers; nothing if there is none. It
        /// is not asked before [`Redis::start`]. `name` tells this process from others.
        pub(crate) fn configured(
            config: &Config,
            local: &Arc<dyn PrincipalCache>,
            name: Uuid,
        ) -> anyhow::Result<Option<Self>> {
            let Some(settings) = settings(config)? else {
                return Ok(None);
            };
            let hub = RedisHub::new(settings, name).map_err(explained)?;
            let local = Arc::clone(local);
            Ok(Some(Self { hub, local }))
        }

        /// Remembers here, and says what is forgotten.
        pub(crate) fn principals(&self) -> Arc<dyn PrincipalCache> {
            self.hub.principal_cache(Arc::clone(&self.local))
        }

        /// Limits that all replicas count together.
        pub(crate) fn buckets(&self) -> Arc<dyn SharedBuckets> {
            self.hub.buckets()
        }

        pub(crate) fn state(&self) -> Result<(), String> {
            self.hub.state()
        }

        /// Begins to share, `bell` among it: a job that is added here wakes workers elsewhere.
        pub(crate) fn start(self: &Arc<Self>, bell: &JobBell) -> RedisTasks {
            let (local, heard) = (Arc::clone(&self.local), bell.clone());
            let shared = self.hub.start(Arc::new(move |said: Announcement| match said {
                Announcement::Jobs => heard.ring_here(),
                forgotten => forgotten.apply(&*local),
            }));
            let (own, rung) = (Arc::clone(self), bell.clone());
            let ringer = tokio::spawn(async move {
                loop {
                    rung.to_be_told().await;
                    own.hub.say(Announcement::Jobs);
                    sleep(BREATH).await;
                }
            });
            RedisTasks { shared, ringer }
        }
    }

    fn settings(config: &Config) -> anyhow::Result<Option<RedisSettings>> {
        let redis = &config.redis;
        let Some(url) = &redis.url else {
            return Ok(None);
        };
        let trusted = redis.tls_ca_file.as_deref().map(|path| {
            fs::read(path).with_context(|| format!("redis.tls_ca_file: {} cannot be read", path.display()))
        });
        Ok(Some(RedisSettings {
            url: url.expose_secret().to_owned(),
            trusted: trusted.transpose()?,
            prefix: redis.prefix.clone(),
            timeout: redis.timeout,
            connect_timeout: redis.connect_timeout,
        }))
    }

    fn explained(error: InvalidRedisSettings) -> anyhow::Error {
        anyhow::anyhow!("{}: {error}", key_of(error))
    }

    fn key_of(error: InvalidRedisSettings) -> &'static str {
        match error {
            InvalidRedisSettings::Url => "redis.url",
            InvalidRedisSettings::Certificate => "redis.tls_ca_file",
        }
    }

    /// What `config check` says about where Redis is.
    pub(crate) fn problem(config: &Config) -> Option<(&'static str, String)> {
        match settings(config) {
            Ok(settings) => {
                let error = RedisHub::new(settings?, Uuid::nil()).err()?;
                Some((key_of(error), error.to_string()))
            }
            Err(error) => Some(("redis.tls_ca_file", format!("{error:#}"))),
        }
    }

    /// Sharing under way.
    pub(crate) struct RedisTasks {
        shared: mainstay_adapters::RedisTasks,
        ringer: JoinHandle<()>,
    }

    impl RedisTasks {
        /// Says what is left to say, for `patience` at most.
        pub(crate) async fn stop(self, patience: Duration) {
            self.ringer.abort();
            self.shared.stop(patience).await;
        }
    }
}

#[cfg(not(feature = "redis"))]
mod configured {
    use std::{sync::Arc, time::Duration};

    use mainstay_repositories::JobBell;
    use mainstay_services::ports::{PrincipalCache, SharedBuckets};
    use uuid::Uuid;

    use crate::config::Config;

    const MISSING: &str = "this binary was built without the feature redis";

    pub(crate) fn problem(config: &Config) -> Option<(&'static str, String)> {
        config
            .redis
            .url
            .as_ref()
            .map(|_| ("redis.url", MISSING.to_owned()))
    }

    /// There is none.
    pub(crate) enum Redis {}

    impl Redis {
        pub(crate) fn configured(
            config: &Config,
            _: &Arc<dyn PrincipalCache>,
            _: Uuid,
        ) -> anyhow::Result<Option<Self>> {
            anyhow::ensure!(config.redis.url.is_none(), "redis.url: {MISSING}");
            Ok(None)
        }

        pub(crate) fn principals(&self) -> Arc<dyn PrincipalCache> {
            match *self {}
        }

        pub(crate) fn buckets(&self) -> Arc<dyn SharedBuckets> {
            match *self {}
        }

        pub(crate) fn state(&self) -> Result<(), String> {
            match *self {}
        }

        pub(crate) fn start(&self, _: &JobBell) -> RedisTasks {
            match *self {}
        }
    }

    /// There are none.
    pub(crate) enum RedisTasks {}

    impl RedisTasks {
        pub(crate) async fn stop(self, _: Duration) {
            match self {}
        }
    }
}
