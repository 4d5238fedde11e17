//! SIGHUP: the configuration is read again, and what may change while the process runs does.

use std::{io, sync::Arc};

use mainstay_api::Services;
use mainstay_services::auth::{AuthService, ThrottleSettings};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::{
    Context,
    config::{Config, ConfigError, Loaded, Marks, Sources, secret_key},
    part_settings::throttle_settings,
    retention::{Periods, Retention},
    safeguards,
    shutdown::Hangups,
    telemetry::LevelSwitch,
    wiring::{LOGIN_CHALLENGES, key_for},
};

/// What changes while the process runs. `throttle.enabled` is not among them: it decides what is
/// counted at all, in more places than one.
const LIVE: [&str; 5] = [
    "log.level",
    "audit.retention",
    "audit.require_export",
    "jobs.keep_done",
    "jobs.keep_dead",
];

/// Where the configuration came from, and how to tell what has changed in it.
#[derive(Clone)]
pub(crate) struct ConfigOrigin {
    sources: Sources,
    marks: Marks,
}

impl ConfigOrigin {
    pub(crate) fn new(sources: Sources, loaded: &Loaded) -> Self {
        Self {
            sources,
            marks: loaded.marks.clone(),
        }
    }
}

/// Catches SIGHUP from the moment that it exists, so that none ends the process while it starts.
pub(crate) struct Reload {
    origin: ConfigOrigin,
    level: Option<LevelSwitch>,
    hangups: Hangups,
}

/// Obeys until it is dropped.
pub(crate) struct Following(JoinHandle<()>);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is told of changes.
struct Live {
    auth: Arc<AuthService>,
    retention: Retention,
    challenge_key: [u8; 32],
}

impl Reload {
    /// Nothing if it is not known where the configuration came from.
    pub(crate) fn listen(
        origin: Option<ConfigOrigin>,
        level: Option<LevelSwitch>,
    ) -> io::Result<Option<Self>> {
        let listening = origin.map(|origin| {
            Ok(Self {
                origin,
                level,
                hangups: Hangups::listen()?,
            })
        });
        listening.transpose()
    }

    pub(crate) fn follow(mut self, context: &Context, services: &Services) -> anyhow::Result<Following> {
        let secret = secret_key(&context.config)?;
        let live = Live {
            auth: Arc::clone(&services.auth),
            retention: context.retention.clone(),
            challenge_key: key_for(&secret, LOGIN_CHALLENGES),
        };
        Ok(Following(tokio::spawn(async move {
            loop {
                self.hangups.next().await;
                self.read_again(&live).await;
            }
        })))
    }

    async fn read_again(&mut self, live: &Live) {
        let sources = self.origin.sources.clone();
        match spawn_blocking(move || Loaded::load(&sources)).await {
            Ok(Ok(loaded)) => self.take_over(&loaded, live),
            Ok(Err(refused)) => tell(&refused),
            Err(error) => tracing::error!(%error, "the configuration could not be read again"),
        }
    }

    fn take_over(&mut self, loaded: &Loaded, live: &Live) {
        let changed = loaded.marks.differing_from(&self.origin.marks);
        let (now, later): (Vec<_>, Vec<_>) = changed.into_iter().partition(|key| self.is_live(key));
        if let Err(error) = self.apply(&loaded.config, &now, live) {
            tracing::error!(error = format!("{error:#}"), "the configuration stays as it was");
            return;
        }
        for key in &now {
            tracing::info!(setting = key, "a changed setting is in effect");
        }
        for key in &later {
            tracing::warn!(setting = key, "a changed setting waits for a restart");
        }
        self.origin.marks.take_over(&loaded.marks, &now);
        let (applied, waiting) = (now.len(), later.len());
        tracing::info!(applied, waiting, "the configuration was read again");
    }

    fn is_live(&self, key: &str) -> bool {
        match key {
            "log.level" => self.level.is_some(),
            "throttle.enabled" => false,
            key => LIVE.contains(&key) || key.starts_with("throttle."),
        }
    }

    fn apply(&self, config: &Config, changed: &[&str], live: &Live) -> anyhow::Result<()> {
        if changed.iter().any(|key| key.starts_with("throttle.")) {
            live.auth.set_throttle(ThrottleSettings {
                enabled: live.auth.throttle().enabled,
                challenge: safeguards::challenge(&config.throttle, live.challenge_key)?,
                ..throttle_settings(&config.throttle)?
            });
        }
        live.retention.set(Periods::of(config));
        match &self.level {
            Some(level) if changed.contains(&"log.level") => level.configure(&config.log.level),
            _ => {}
        }
        Ok(())
    }
}

/// Everything that is wrong, as at the start.
fn tell(refused: &ConfigError) {
    for problem in &refused.problems {
        tracing::error!(
            setting = problem.key,
            source = problem.source,
            problem = problem.message,
            "the configuration stays as it was"
        );
    }
}
