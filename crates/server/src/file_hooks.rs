//! What is done around files: scans, and events for a product.

use std::sync::Arc;

use async_trait::async_trait;
use mainstay_adapters::{ClamdAddress, ClamdScanner, ClamdSettings};
use mainstay_api::system::HealthCheck;
use mainstay_services::{
    jobs::JobHandler,
    ports::FileScanner,
    storage::{FILE_CREATED_JOB, FILE_DELETED_JOB, FileHooks},
};

use crate::config::ScanConfig;

/// The configured scanner, and the events that `handlers` want to know of.
pub(crate) fn hooks(config: &ScanConfig, handlers: &[Arc<dyn JobHandler>]) -> FileHooks {
    let events = [FILE_CREATED_JOB, FILE_DELETED_JOB].into_iter();
    let wanted = |kind: &_| handlers.iter().any(|handler| handler.kind() == *kind);
    FileHooks {
        scanner: scanner(config),
        events: events.filter(wanted).collect(),
    }
}

fn scanner(config: &ScanConfig) -> Option<Arc<dyn FileScanner>> {
    let listens = config.clamd.as_deref()?;
    let address = match listens.strip_prefix("unix:") {
        Some(path) => ClamdAddress::Unix(path.into()),
        None => ClamdAddress::Tcp(listens.to_owned()),
    };
    Some(Arc::new(ClamdScanner::new(ClamdSettings {
        address,
        patience: config.timeout,
    })))
}

/// Whether files could be scanned. Those that were are given out all the same.
pub(crate) struct ScannerHealth(pub(crate) Arc<dyn FileScanner>);

#[async_trait]
impl HealthCheck for ScannerHealth {
    fn name(&self) -> &'static str {
        "scan"
    }

    fn required(&self) -> bool {
        false
    }

    async fn check(&self) -> Result<(), String> {
        self.0.check().await
    }
}
