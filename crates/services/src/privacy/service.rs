//! The service and what it stands on.

use std::sync::{Arc, OnceLock};

use chrono::Duration;
use mainstay_domain::ThrottlePolicy;
use mainstay_repositories::Store;

use super::{PersonalData, sections};
use crate::ports::{Clock, Entropy};

/// What an operator can decide.
#[derive(Debug, Clone)]
pub struct PrivacySettings {
    /// How long a deleted account is kept.
    pub deletion_grace: Duration,
    /// How fast exports of one account slow down; none if they never do.
    pub exports: Option<ThrottlePolicy>,
}

impl PrivacySettings {
    /// Three exports at once, then fewer and fewer.
    pub const EXPORTS: ThrottlePolicy = ThrottlePolicy {
        free_tries: 3,
        base_delay: Duration::minutes(1),
        max_delay: Duration::hours(1),
        forget_after: Duration::hours(24),
    };
}

/// Hands over what is held about a person, and removes it.
pub struct PrivacyService {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) settings: PrivacySettings,
    own: Vec<Arc<dyn PersonalData>>,
    product: OnceLock<Vec<Arc<dyn PersonalData>>>,
}

impl PrivacyService {
    /// A service that knows what Mainstay itself holds.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: PrivacySettings,
    ) -> Self {
        Self {
            own: sections::all(&store, &clock),
            store,
            clock,
            entropy,
            settings,
            product: OnceLock::new(),
        }
    }

    /// Tells what a product holds. Counts once, before the server answers.
    pub fn add(&self, product: Vec<Arc<dyn PersonalData>>) {
        let _ = self.product.set(product);
    }

    /// Everything that is held about persons, Mainstay's first.
    pub(super) fn sections(&self) -> impl Iterator<Item = &Arc<dyn PersonalData>> {
        self.own.iter().chain(self.product.get().into_iter().flatten())
    }
}
