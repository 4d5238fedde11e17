//! What this process logs.

use std::time::Duration;

use mainstay_domain::{AuditEvent, AuditKind, Origin, Principal, truncate_to_micros};

use super::{SystemError, SystemService};
use crate::{
    audit::event,
    ports::{LogLevel, TimedLevel},
};

/// The longest time for which a level may be changed: whoever forgets it fills no disk.
pub const LONGEST_CHANGE: Duration = Duration::from_secs(86_400);

/// What is to be logged for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLogLevel {
    /// A level, or a filter such as `info,mainstay_api=debug`.
    pub level: String,
    /// For how long, [`LONGEST_CHANGE`] at most.
    pub lasts: Duration,
}

impl SystemService {
    /// What this process logs; asks for the permission `system:manage`.
    ///
    /// # Errors
    /// `ForeignLogs`.
    pub fn log_level(&self) -> Result<LogLevel, SystemError> {
        Ok(self.levels()?.current())
    }

    /// Changes what this process logs for a while, and notes it in the audit log first; asks for the
    /// permission `system:manage`.
    ///
    /// # Errors
    /// `InvalidLevel`, `ForeignLogs`, `Failure`.
    #[tracing::instrument(name = "system.set_log_level", skip_all)]
    pub async fn set_log_level(
        &self,
        actor: &Principal,
        new: NewLogLevel,
        origin: &Origin,
    ) -> Result<LogLevel, SystemError> {
        let levels = self.levels()?;
        if !levels.accepts(&new.level) {
            return Err(SystemError::InvalidLevel);
        }
        let (now, lasts) = (self.clock.now(), new.lasts.min(LONGEST_CHANGE));
        let noted = AuditEvent {
            detail: Some(format!("{} for {} s", new.level, lasts.as_secs())),
            ..event(&*self.entropy, now, AuditKind::LogLevelChanged, origin).by(actor)
        };
        self.store.read().audit_events().append(&noted).await?;
        levels.change(TimedLevel {
            level: new.level,
            lasts,
            until: truncate_to_micros(now + lasts),
        });
        Ok(levels.current())
    }
}
