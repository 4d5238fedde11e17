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
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{
    Context,
    config::{Config, StorageBackend},
    remote_objects,
    wiring::key_for,
};

/// How long the store's health is remembered, so that probes do not keep it busy.
const REMEMBER: Duration = Duration::from_secs(10);
/// Less than the readiness check grants, so that its answer is remembered in any case.
const PATIENCE: Duration = Duration::from_millis(1_500);

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
pub(crate) struct ObjectsHealth {
    objects: Arc<dyn ObjectStore>,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl ObjectsHealth {
    pub(crate) fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            objects,
            last: Mutex::new(None),
        }
    }
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
        let mut last = self.last.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < REMEMBER
        {
            return result.clone();
        }
        let asked = timeout(PATIENCE, self.objects.check()).await;
        let result = asked.unwrap_or_else(|_| Err("the object store does not answer in time".to_owned()));
        *last = Some((Instant::now(), result.clone()));
        result
    }
}
