//! The service and what it stands on.

use std::sync::Arc;

use chrono::Duration;
use mainstay_domain::{AuditEvent, AuditKind, Origin, Principal};
use mainstay_repositories::Store;

use super::{ApiKeyError, meter::Meter, shared_meter::SharedMeter};
use crate::{
    RoleCatalogue,
    audit::event,
    mail::MailOutbox,
    ports::{Clock, Entropy, PrincipalCache, SharedBuckets},
};

/// The ports behind [`ApiKeyService`].
#[derive(Clone)]
pub struct ApiKeyPorts {
    /// Where data is kept.
    pub store: Arc<dyn Store>,
    /// Remembers principals.
    pub principals: Arc<dyn PrincipalCache>,
    /// Knows what roles grant.
    pub roles: Arc<RoleCatalogue>,
    /// Tells owners by mail.
    pub mail: Arc<MailOutbox>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub entropy: Arc<dyn Entropy>,
}

/// What an operator can decide about API keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeySettings {
    /// Keys that one user may have.
    pub most: u32,
    /// Longest life; none for keys that never expire.
    pub longest_life: Option<Duration>,
    /// How long keys that expired are kept for their owners to see.
    pub keep_expired: Duration,
    /// Requests a minute that a key may make; its own limit may be lower. Of one replica, unless
    /// replicas count together: [`ApiKeyService::with_shared_buckets`].
    pub rate_limit: u32,
}

impl Default for ApiKeySettings {
    fn default() -> Self {
        Self {
            most: 50,
            longest_life: None,
            keep_expired: Duration::days(90),
            rate_limit: 600,
        }
    }
}

/// API keys: making, listing, naming, ending them, and letting their holders in.
pub struct ApiKeyService {
    pub(super) ports: ApiKeyPorts,
    pub(super) settings: ApiKeySettings,
    pub(super) meter: Meter,
    pub(super) shared: Option<SharedMeter>,
}

impl ApiKeyService {
    /// A service over `ports`.
    #[must_use]
    pub fn new(ports: ApiKeyPorts, settings: ApiKeySettings) -> Self {
        Self {
            ports,
            settings,
            meter: Meter::default(),
            shared: None,
        }
    }

    /// Counts requests together with other replicas, and in the store while `buckets` do not
    /// answer.
    #[must_use]
    pub fn with_shared_buckets(mut self, buckets: Arc<dyn SharedBuckets>) -> Self {
        self.shared = Some(SharedMeter::new(buckets, Arc::clone(&self.ports.store)));
        self
    }

    /// An audit event of something the caller did to a key of theirs.
    pub(super) fn own_event(
        &self,
        kind: AuditKind,
        caller: &Principal,
        detail: String,
        origin: &Origin,
    ) -> AuditEvent {
        AuditEvent {
            subject_id: Some(caller.user.id),
            detail: Some(detail),
            ..event(&*self.ports.entropy, self.ports.clock.now(), kind, origin).by(caller)
        }
    }
}

/// No key makes, sees or changes keys: whoever finds one could otherwise make themselves more.
pub(super) fn refuse_key(caller: &Principal) -> Result<(), ApiKeyError> {
    caller.session().map(|_| ()).ok_or(ApiKeyError::SessionRequired)
}
