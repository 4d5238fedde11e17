//! What the octets of files are kept in.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mainstay_adapters::{LocalDisk, SystemClock};
use mainstay_api::system::HealthCheck;
use mainstay_services::{
    RoleCatalogue,
    objects::MemoryObjects,
    ports::ObjectStore,
    storage::{FileHooks, StoragePorts, StorageService, StorageSettings, UrlKey},
};
use secrecy::SecretString;

use crate::{
    Context,
    config::{Config, StorageBackend},
    remembered_health::RememberedHealth,
    remote_objects,
    wiring::key_for,
};

/// How long the store's health is remembered, so that probes do not keep it busy.
const REMEMBER: Duration = Duration::from_secs(10);

/// The store that a product brings, or else the configured one.
pub(crate) fn configured(
    config: &Config,
    own: Option<Arc<dyn ObjectStore>>,
) -> anyhow::Result<Arc<dyn ObjectStore>> {
    if let Some(own) = own {
        return Ok(own);
    }
    let storage = &config.storage;
    Ok(match storage.backend {
        StorageBackend::Disk => Arc::new(LocalDisk::new(storage.root.clone())),
        StorageBackend::Memory => Arc::new(MemoryObjects::new(Arc::new(SystemClock))),
        StorageBackend::S3 | StorageBackend::B2 | StorageBackend::Gcs | StorageBackend::Azure => {
            remote_objects::remote_objects(config)?
        }
    })
}

/// Buckets and files over the context's stores.
pub(crate) fn storage_service(
    context: &Context,
    roles: &Arc<RoleCatalogue>,
    secret: &SecretString,
    hooks: FileHooks,
) -> StorageService {
    let ports = StoragePorts {
        store: Arc::clone(&context.store),
        objects: Arc::clone(&context.objects),
        roles: Arc::clone(roles),
        clock: Arc::clone(&context.clock),
        entropy: Arc::clone(&context.entropy),
        hooks,
    };
    let settings = StorageSettings {
        max_file_size: context.config.storage.max_file_size,
        redirect_downloads: context.config.storage.redirect_downloads,
        ..StorageSettings::new(UrlKey(key_for(secret, "signed urls of files")))
    };
    StorageService::new(ports, settings)
}

/// Whether files could be read and written. Everything else works without.
struct ObjectsHealth(Arc<dyn ObjectStore>);

/// Tells of the object store without keeping it busy.
pub(crate) fn health(objects: &Arc<dyn ObjectStore>) -> Arc<dyn HealthCheck> {
    let check = ObjectsHealth(Arc::clone(objects));
    Arc::new(RememberedHealth::new(check, REMEMBER))
}

#[async_trait]
impl HealthCheck for ObjectsHealth {
    fn name(&self) -> &'static str {
        "storage"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), String> {
        self.0.check().await
    }
}
