//! Stores of others for the octets of files.

#[cfg(feature = "object-storage")]
mod configured {
    use std::sync::Arc;

    use mainstay_adapters::{B2Settings, BucketPlan, CloudKeys, CloudObjects, CloudService, CloudSettings};
    use mainstay_services::ports::ObjectStore;
    use secrecy::ExposeSecret;

    use crate::config::{BucketMapping, Config, StorageBackend, StorageConfig};

    /// What is signed for where no region is needed.
    const ANY_REGION: &str = "us-east-1";

    /// The configured store.
    pub(crate) fn remote_objects(config: &Config) -> anyhow::Result<Arc<dyn ObjectStore>> {
        let storage = &config.storage;
        let before = storage.name_prefix.clone().unwrap_or_default();
        Ok(Arc::new(CloudObjects::new(CloudSettings {
            service: service(config)?,
            buckets: match storage.mapping {
                BucketMapping::Bucket => BucketPlan::Bucket { before },
                BucketMapping::Prefix => BucketPlan::Prefix {
                    bucket: storage.bucket.clone().unwrap_or_default(),
                    before,
                },
            },
            largest: storage.max_file_size,
            timeout: storage.timeout,
            retries: storage.retries,
            insecure: is_insecure(config),
        })?))
    }

    /// Production refuses such endpoints.
    fn is_insecure(config: &Config) -> bool {
        let endpoint = config.storage.endpoint.as_deref();
        !config.environment.is_production() && endpoint.is_some_and(|url| url.starts_with("http://"))
    }

    fn service(config: &Config) -> anyhow::Result<CloudService> {
        let storage = &config.storage;
        Ok(match storage.backend {
            StorageBackend::Gcs => CloudService::Gcs {
                endpoint: storage.endpoint.clone(),
                credentials: storage.credentials_file.clone(),
            },
            StorageBackend::Azure => CloudService::Azure {
                endpoint: storage.endpoint.clone(),
                keys: keys(storage).ok_or_else(|| anyhow::anyhow!("storage.access_key_id is missing"))?,
            },
            StorageBackend::B2 => b2(storage)?,
            _ => CloudService::S3 {
                name: "s3",
                endpoint: storage.endpoint.clone(),
                region: storage.region.clone().unwrap_or_else(|| ANY_REGION.to_owned()),
                virtual_host_style: storage.virtual_host_style,
                keys: keys(storage),
                native: None,
            },
        })
    }

    /// Octets pass through the S3 endpoint, buckets are made by the native API.
    fn b2(storage: &StorageConfig) -> anyhow::Result<CloudService> {
        let region = storage
            .region
            .clone()
            .or_else(|| region_of(storage.endpoint.as_deref()?));
        let region = region.ok_or_else(|| anyhow::anyhow!("storage.region is missing"))?;
        let endpoint = storage.endpoint.clone();
        let keys = keys(storage).ok_or_else(|| anyhow::anyhow!("storage.access_key_id is missing"))?;
        Ok(CloudService::S3 {
            name: "b2",
            endpoint: Some(endpoint.unwrap_or_else(|| format!("https://s3.{region}.backblazeb2.com"))),
            region,
            virtual_host_style: storage.virtual_host_style,
            native: Some(B2Settings {
                api_url: B2Settings::API_URL.to_owned(),
                keys: keys.clone(),
                timeout: storage.timeout,
                retries: storage.retries,
                insecure: false,
            }),
            keys: Some(keys),
        })
    }

    /// The region in an endpoint such as `https://s3.eu-central-003.backblazeb2.com`.
    fn region_of(endpoint: &str) -> Option<String> {
        let host = endpoint.split("://").nth(1)?;
        let region = host.strip_prefix("s3.")?.strip_suffix(".backblazeb2.com")?;
        Some(region.to_owned())
    }

    fn keys(storage: &StorageConfig) -> Option<CloudKeys> {
        let secret = storage.secret_access_key.as_ref()?;
        Some(CloudKeys {
            id: storage.access_key_id.clone()?,
            secret: secret.expose_secret().to_owned(),
        })
    }
}

#[cfg(not(feature = "object-storage"))]
mod configured {
    use std::sync::Arc;

    use mainstay_services::ports::ObjectStore;

    use crate::config::Config;

    /// None: this binary cannot reach them.
    pub(crate) fn remote_objects(_: &Config) -> anyhow::Result<Arc<dyn ObjectStore>> {
        anyhow::bail!("storage.backend: this binary was built without the feature object-storage")
    }
}

pub(crate) use configured::remote_objects;
