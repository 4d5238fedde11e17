//! What is logged, and changing it while the server runs.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tracing_subscriber::{EnvFilter, reload};

use super::TelemetryError;

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

/// Changes between the configured level and `debug`.
#[derive(Clone)]
pub(crate) struct LevelSwitch {
    set: Arc<dyn Fn(EnvFilter) -> bool + Send + Sync>,
    configured: Arc<Mutex<String>>,
    is_debug: Arc<AtomicBool>,
}

impl LevelSwitch {
    pub(super) fn new<S: 'static>(handle: reload::Handle<EnvFilter, S>, configured: &str) -> Self {
        Self {
            set: Arc::new(move |filter| handle.reload(filter).is_ok()),
            configured: Arc::new(Mutex::new(configured.to_owned())),
            is_debug: Arc::default(),
        }
    }

    /// Sets what the configuration says.
    pub(super) fn reset(&self) {
        self.set_to(&self.configured());
    }

    /// Takes what the configuration says from now on: at once, unless a signal asked for `debug`.
    pub(crate) fn configure(&self, level: &str) {
        level.clone_into(&mut self.configured.lock().unwrap_or_else(PoisonError::into_inner));
        if !self.is_debug.load(Ordering::Relaxed) {
            self.reset();
        }
    }

    fn configured(&self) -> String {
        let configured = self.configured.lock();
        configured.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_to(&self, level: &str) -> bool {
        filter(level).is_ok_and(|filter| (self.set)(filter))
    }

    /// Changes to the other one.
    pub(crate) fn toggle(&self) {
        let to_debug = !self.is_debug.fetch_xor(true, Ordering::Relaxed);
        let level = if to_debug {
            "debug".to_owned()
        } else {
            self.configured()
        };
        if self.set_to(&level) {
            tracing::warn!(level, "a signal changed the log level");
        }
    }
}

/// Follows SIGUSR1 for as long as the process lives.
#[cfg(unix)]
pub(crate) fn follow_signal(switch: LevelSwitch) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::user_defined1())?;
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            switch.toggle();
        }
    });
    Ok(())
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(crate) fn follow_signal(_: LevelSwitch) -> std::io::Result<()> {
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
