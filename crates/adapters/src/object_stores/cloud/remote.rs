//! One bucket of a remote store.

use std::sync::Arc;

use mainstay_domain::ObjectKey;
use mainstay_services::ports::ObjectError;
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    azure::{MicrosoftAzure, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorage, GoogleCloudStorageBuilder},
    path::Path,
    signer::Signer,
};
use url::Url;

use super::{
    failure::failed,
    settings::{CloudService, CloudSettings},
    transport::Transport,
};

/// One bucket of a remote store.
#[derive(Clone)]
pub(super) enum Remote {
    S3(Arc<AmazonS3>),
    Gcs(Arc<GoogleCloudStorage>),
    Azure(Arc<MicrosoftAzure>),
}

impl Remote {
    /// The bucket of this name; nothing is asked yet.
    pub(super) fn open(
        settings: &CloudSettings,
        transport: &Transport,
        bucket: &str,
    ) -> Result<Self, ObjectError> {
        match &settings.service {
            CloudService::S3 { .. } => s3(settings, transport, bucket),
            CloudService::Gcs {
                endpoint,
                credentials,
            } => {
                let mut builder = GoogleCloudStorageBuilder::new()
                    .with_bucket_name(bucket)
                    .with_retry(retries(settings))
                    .with_http_connector(transport.clone());
                if let Some(endpoint) = endpoint {
                    builder = builder.with_base_url(endpoint);
                }
                if let Some(path) = credentials {
                    builder = builder.with_service_account_path(path.to_string_lossy());
                }
                Ok(Self::Gcs(Arc::new(builder.build().map_err(failed)?)))
            }
            CloudService::Azure { endpoint, keys } => {
                let mut builder = MicrosoftAzureBuilder::new()
                    .with_account(&keys.id)
                    .with_access_key(&keys.secret)
                    .with_container_name(bucket)
                    .with_allow_http(settings.insecure)
                    .with_retry(retries(settings))
                    .with_http_connector(transport.clone());
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint.clone());
                }
                Ok(Self::Azure(Arc::new(builder.build().map_err(failed)?)))
            }
        }
    }

    /// What keeps its objects.
    pub(super) fn store(&self) -> &dyn ObjectStore {
        match self {
            Self::S3(store) => store.as_ref(),
            Self::Gcs(store) => store.as_ref(),
            Self::Azure(store) => store.as_ref(),
        }
    }

    /// What signs URLs of its objects.
    pub(super) fn signer(&self) -> &dyn Signer {
        match self {
            Self::S3(store) => store.as_ref(),
            Self::Gcs(store) => store.as_ref(),
            Self::Azure(store) => store.as_ref(),
        }
    }
}

fn s3(settings: &CloudSettings, transport: &Transport, bucket: &str) -> Result<Remote, ObjectError> {
    let CloudService::S3 {
        endpoint,
        region,
        virtual_host_style,
        keys,
        ..
    } = &settings.service
    else {
        return Err(ObjectError::Refused("this is no S3".to_owned()));
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region)
        .with_virtual_hosted_style_request(*virtual_host_style)
        // Not every store knows how to remove many at once.
        .with_disable_bulk_delete(true)
        .with_client_options(ClientOptions::new().with_allow_http(settings.insecure))
        .with_retry(retries(settings))
        .with_http_connector(transport.clone());
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(if *virtual_host_style {
            with_bucket(endpoint, bucket)?
        } else {
            endpoint.clone()
        });
    }
    if let Some(keys) = keys {
        builder = builder
            .with_access_key_id(&keys.id)
            .with_secret_access_key(&keys.secret);
    }
    Ok(Remote::S3(Arc::new(builder.build().map_err(failed)?)))
}

/// The endpoint with the bucket in its host name.
fn with_bucket(endpoint: &str, bucket: &str) -> Result<String, ObjectError> {
    let refused = || ObjectError::Refused("the endpoint has no host name".to_owned());
    let mut url = Url::parse(endpoint).map_err(|_| refused())?;
    let host = format!("{bucket}.{}", url.host_str().ok_or_else(refused)?);
    url.set_host(Some(&host)).map_err(|_| refused())?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn retries(settings: &CloudSettings) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: std::time::Duration::from_millis(100),
            max_backoff: std::time::Duration::from_secs(5),
            base: 2.0,
        },
        max_retries: settings.retries as usize,
        retry_timeout: settings.timeout * (settings.retries + 1),
    }
}

/// A key as the crate writes it: just as it is.
pub(super) fn path(before: &str, key: &ObjectKey) -> Result<Path, ObjectError> {
    let raw = format!("{before}{key}");
    Path::parse(raw).map_err(|error| ObjectError::Refused(error.to_string()))
}
