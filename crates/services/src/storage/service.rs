//! The service and what its use cases share.

use std::sync::Arc;

use chrono::Duration;
use mainstay_domain::{AuditEvent, AuditKind, Bucket, BucketName, Origin, UserId};
use mainstay_repositories::Store;

use super::{FileHooks, StorageError, UrlKey};
use crate::{
    RoleCatalogue,
    audit::event,
    ports::{Clock, Entropy, ObjectStore},
};

/// How often a change is tried anew when another one came first.
pub(super) const MAX_RACES: usize = 8;

/// The ports behind [`StorageService`].
#[derive(Clone)]
pub struct StoragePorts {
    /// Where names are kept.
    pub store: Arc<dyn Store>,
    /// Where octets are kept.
    pub objects: Arc<dyn ObjectStore>,
    /// Knows what roles grant.
    pub roles: Arc<RoleCatalogue>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub entropy: Arc<dyn Entropy>,
    /// What is done around files.
    pub hooks: FileHooks,
}

/// What an operator can decide about files.
#[derive(Debug, Clone)]
pub struct StorageSettings {
    /// Octets of the largest file; a bucket may allow less.
    pub max_file_size: u64,
    /// Signs URLs.
    pub url_key: UrlKey,
    /// The longest that a signed URL may work.
    pub longest_url: Duration,
    /// Whether downloads are sent on to the object store, where it can answer by itself.
    pub redirect_downloads: bool,
}

impl StorageSettings {
    /// Files of up to 5 GiB and URLs of up to seven days, signed with `url_key`.
    #[must_use]
    pub const fn new(url_key: UrlKey) -> Self {
        Self {
            max_file_size: 5 << 30,
            url_key,
            longest_url: Duration::days(7),
            redirect_downloads: false,
        }
    }
}

/// Buckets and files.
pub struct StorageService {
    pub(super) ports: StoragePorts,
    pub(super) settings: StorageSettings,
}

impl StorageService {
    /// A service over `ports`.
    #[must_use]
    pub fn new(ports: StoragePorts, settings: StorageSettings) -> Self {
        Self { ports, settings }
    }

    /// The most octets that any file may have; a bucket may allow less.
    #[must_use]
    pub const fn max_file_size(&self) -> u64 {
        self.settings.max_file_size
    }

    /// The bucket of this name, whoever asks.
    pub(super) async fn bucket_named(&self, name: &BucketName) -> Result<Bucket, StorageError> {
        let found = self.ports.store.read().buckets().find(name).await?;
        found.ok_or(StorageError::NotFound)
    }

    /// An audit event of something `actor` did.
    pub(super) fn event(
        &self,
        kind: AuditKind,
        actor: UserId,
        detail: impl Into<String>,
        origin: &Origin,
    ) -> AuditEvent {
        let detail: String = detail.into();
        AuditEvent {
            actor_id: Some(actor),
            detail: Some(detail.chars().take(255).collect()),
            ..event(&*self.ports.entropy, self.ports.clock.now(), kind, origin)
        }
    }
}
