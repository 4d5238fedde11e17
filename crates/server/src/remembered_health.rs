//! Health that is asked for less often than probes come.

use std::time::Duration;

use async_trait::async_trait;
use mainstay_api::system::HealthCheck;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// Less than the readiness check grants, so that an answer is remembered in any case.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Remembers for a while what a check said, so that probes do not keep busy whom it asks.
pub(crate) struct RememberedHealth<C> {
    check: C,
    keep: Duration,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl<C> RememberedHealth<C> {
    pub(crate) fn new(check: C, keep: Duration) -> Self {
        Self {
            check,
            keep,
            last: Mutex::new(None),
        }
    }
}

#[async_trait]
impl<C: HealthCheck> HealthCheck for RememberedHealth<C> {
    fn name(&self) -> &'static str {
        self.check.name()
    }

    fn required(&self) -> bool {
        self.check.required()
    }

    async fn check(&self) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < self.keep
        {
            return result.clone();
        }
        let asked = timeout(PATIENCE, self.check.check()).await;
        let result = asked.unwrap_or_else(|_| Err("there was no answer in time".to_owned()));
        *last = Some((Instant::now(), result.clone()));
        result
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Counts how often it is asked, and never answers.
    #[derive(Default)]
    struct Silent(AtomicU32);

    #[async_trait]
    impl HealthCheck for Silent {
        fn name(&self) -> &'static str {
            "silent"
        }

        fn required(&self) -> bool {
            false
        }

        async fn check(&self) -> Result<(), String> {
            self.0.fetch_add(1, Ordering::Relaxed);
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn silence_is_an_answer_and_remembered_for_as_long_as_said() {
        for (keep, asked) in [(Duration::from_secs(3600), 1), (Duration::ZERO, 2)] {
            let health = RememberedHealth::new(Silent::default(), keep);
            assert!(health.check().await.is_err() && health.check().await.is_err());
            assert_eq!(health.check.0.load(Ordering::Relaxed), asked, "{keep:?}");
        }
    }
}
