//! What is logged, and changing it while the server runs.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mainstay_domain::Timestamp;
use mainstay_services::ports::{LogLevel, LogLevels, TimedLevel};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tracing_subscriber::{EnvFilter, reload};

use super::TelemetryError;
use crate::config::is_log_filter;

/// These talk about every statement or connection at `info`.
const QUIET: &str = "sqlx=warn,sea_orm=warn,actix_server=warn,actix_http=warn,mio=warn";

/// What the configuration says, over the quiet defaults.
pub(super) fn filter(level: &str) -> Result<EnvFilter, TelemetryError> {
    let directives = if level.contains('=') || ["off", "error"].contains(&level) {
        level.to_owned()
    } else {
        format!("{QUIET},{level}")
    };
    EnvFilter::builder()
        .parse(&directives)
        .map_err(|error| TelemetryError::Filter(error.to_string()))
}

/// What changes the level of this process, once its log lines are ours.
static SWITCH: OnceLock<LevelSwitch> = OnceLock::new();

/// For the API; nothing if something else decides what this process logs.
pub(crate) fn log_levels() -> Option<Arc<dyn LogLevels>> {
    let switch = SWITCH.get()?.clone();
    Some(Arc::new(switch))
}

/// Changes between the configured level and others.
#[derive(Clone)]
pub(crate) struct LevelSwitch {
    apply: Arc<dyn Fn(EnvFilter) -> bool + Send + Sync>,
    configured: Arc<Mutex<String>>,
    /// The level in force, if it is another than the configured one. Changed under the lock of the channel,
    /// so that it is what was applied last.
    changed: Arc<watch::Sender<Option<Changed>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Changed {
    level: String,
    /// When it ends by itself: for this process, and for those who ask.
    ends: Option<(Instant, Timestamp)>,
}

impl LevelSwitch {
    pub(super) fn new<S: 'static>(handle: reload::Handle<EnvFilter, S>, configured: &str) -> Self {
        Self {
            apply: Arc::new(move |filter| handle.reload(filter).is_ok()),
            configured: Arc::new(Mutex::new(configured.to_owned())),
            changed: Arc::default(),
        }
    }

    /// Lets the API change it; the first one in a process counts.
    pub(super) fn publish(&self) {
        let _ = SWITCH.set(self.clone());
    }

    /// Sets what the configuration says.
    pub(super) fn reset(&self) {
        self.set(|_| Some(None));
    }

    /// Takes what the configuration says from now on: at once, unless somebody asked for another level.
    pub(crate) fn configure(&self, level: &str) {
        level.clone_into(&mut self.configured.lock().unwrap_or_else(PoisonError::into_inner));
        self.set(|now| now.is_none().then_some(None));
    }

    fn configured(&self) -> String {
        let configured = self.configured.lock();
        configured.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes to `debug` until further notice, or back to what is configured.
    pub(crate) fn toggle(&self) {
        let debug = || Changed {
            level: "debug".to_owned(),
            ends: None,
        };
        if let Some(level) = self.set(|now| Some(now.is_none().then(debug))) {
            tracing::warn!(level, "a signal changed the log level");
        }
    }

    /// Back to what is configured, unless the level was changed once more.
    fn run_out(&self, end: Instant) {
        let is_over = |now: &Changed| now.ends.is_some_and(|(at, _)| at == end);
        let over = self.set(|now| now.as_ref().is_some_and(is_over).then_some(None));
        if let Some(level) = over {
            tracing::warn!(level, "the log level is as configured again");
        }
    }

    /// Applies what `next` makes of the present, if it makes anything; tells the new level.
    fn set(&self, next: impl FnOnce(&Option<Changed>) -> Option<Option<Changed>>) -> Option<String> {
        let mut applied = None;
        self.changed.send_if_modified(|now| {
            let Some(next) = next(now) else { return false };
            let level = next
                .as_ref()
                .map_or_else(|| self.configured(), |next| next.level.clone());
            if !filter(&level).is_ok_and(|filter| (self.apply)(filter)) {
                return false;
            }
            applied = Some(level);
            *now = next;
            true
        });
        applied
    }

    /// Ends what was changed for a while when its time is over; for as long as the process lives.
    async fn keep_time(self) {
        let mut changes = self.changed.subscribe();
        loop {
            let ends = changes.borrow_and_update().as_ref().and_then(|now| now.ends);
            let changed = match ends {
                None => changes.changed().await,
                Some((end, _)) => tokio::select! {
                    changed = changes.changed() => changed,
                    () = sleep_until(end) => {
                        self.run_out(end);
                        Ok(())
                    }
                },
            };
            if changed.is_err() {
                return;
            }
        }
    }
}

impl LogLevels for LevelSwitch {
    fn current(&self) -> LogLevel {
        let changed = self.changed.borrow().clone();
        LogLevel {
            configured: self.configured(),
            until: changed.as_ref().and_then(|now| Some(now.ends?.1)),
            level: changed.map_or_else(|| self.configured(), |now| now.level),
        }
    }

    fn accepts(&self, level: &str) -> bool {
        is_log_filter(level) && filter(level).is_ok()
    }

    fn change(&self, to: TimedLevel) {
        let ends = Some((Instant::now() + to.lasts, to.until));
        let changed = Changed {
            level: to.level,
            ends,
        };
        if let Some(level) = self.set(|_| Some(Some(changed))) {
            let seconds = to.lasts.as_secs();
            tracing::warn!(level, seconds, "a call changed the log level for a while");
        }
    }
}

/// Follows SIGUSR1, and what was changed for a while, for as long as the process lives.
#[cfg(unix)]
pub(crate) fn follow(switch: LevelSwitch) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::user_defined1())?;
    tokio::spawn(switch.clone().keep_time());
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            switch.toggle();
        }
    });
    Ok(())
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(crate) fn follow(switch: LevelSwitch) -> std::io::Result<()> {
    tokio::spawn(switch.keep_time());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_level_keeps_the_database_quiet_and_a_filter_says_it_all() {
        let level = filter("debug").map(|filter| filter.to_string());
        assert!(level.is_ok_and(|text| text.contains("sqlx=warn") && text.contains("debug")));
        let chosen = filter("info,sqlx=debug").map(|filter| filter.to_string());
        assert!(chosen.is_ok_and(|text| text.contains("sqlx=debug") && !text.contains("sea_orm")));
    }
}
