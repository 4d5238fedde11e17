//! The service and what its use cases share.

use std::sync::Arc;

use mainstay_repositories::Store;

use super::SystemError;
use crate::ports::{Clock, Entropy, LogLevels};

/// Looks after the process that it is in.
pub struct SystemService {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    levels: Option<Arc<dyn LogLevels>>,
}

impl SystemService {
    /// A service over `store` that cannot change what is logged.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            store,
            clock,
            entropy,
            levels: None,
        }
    }

    /// Changes what is logged by `levels`.
    #[must_use]
    pub fn with_log_levels(mut self, levels: Option<Arc<dyn LogLevels>>) -> Self {
        self.levels = levels;
        self
    }

    pub(super) fn levels(&self) -> Result<&dyn LogLevels, SystemError> {
        self.levels.as_deref().ok_or(SystemError::ForeignLogs)
    }
}
