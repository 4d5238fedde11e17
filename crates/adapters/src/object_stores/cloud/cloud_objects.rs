//! The port [`ObjectStore`] on a remote store.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, future::ready};
use mainstay_domain::{BucketName, ObjectKey, Timestamp};
use mainstay_services::{
    objects::span,
    ports::{ObjectError, ObjectInfo, ObjectRead, ObjectStore, ObjectWriter, Presign, PresignedMethod},
};
use object_store::{
    GetOptions, GetRange, ObjectMeta, ObjectStoreExt,
    path::Path,
    signer::{HeaderName, HeaderValue, Method, SignedUrlOptions},
};

use super::{
    super::b2::B2Buckets,
    RemoteBuckets, cloud_reader,
    cloud_writer::CloudWriter,
    failure::failed,
    remote::{self, Remote},
    s3_buckets::S3Buckets,
    settings::{BucketPlan, CloudService, CloudSettings},
    transport::Transport,
};

/// A bucket that nobody has, to ask for when the store is probed.
const NOBODY: &str = "mainstay-health-check";

/// Keeps objects in a store of others.
pub struct CloudObjects {
    settings: CloudSettings,
    transport: Transport,
    manager: Option<Box<dyn RemoteBuckets>>,
    opened: Mutex<HashMap<String, Remote>>,
}

/// Where the objects of one of our buckets are.
struct Place {
    remote: Remote,
    /// What their keys begin with there.
    before: String,
}

impl Place {
    fn path(&self, key: &ObjectKey) -> Result<Path, ObjectError> {
        remote::path(&self.before, key)
    }

    /// The prefix as the crate wants it: without the slash at its end.
    fn prefix(&self) -> Result<Option<Path>, ObjectError> {
        if self.before.is_empty() {
            return Ok(None);
        }
        let prefix = Path::parse(&self.before);
        prefix
            .map(Some)
            .map_err(|error| ObjectError::Refused(error.to_string()))
    }

    /// What is known of an object; none if its key is none of ours.
    fn info(&self, meta: &ObjectMeta) -> Option<ObjectInfo> {
        let key = meta.location.as_ref().strip_prefix(&self.before)?;
        Some(ObjectInfo {
            key: ObjectKey::parse(key).ok()?,
            size: meta.size,
            written_at: meta.last_modified,
        })
    }
}

impl CloudObjects {
    /// Keeps objects as `settings` say; nothing is asked yet.
    ///
    /// # Errors
    /// `Refused` for settings that cannot be.
    pub fn new(settings: CloudSettings) -> Result<Self, ObjectError> {
        let refused = |error: reqwest::Error| ObjectError::Refused(error.to_string());
        let transport = Transport::new(settings.timeout, settings.insecure).map_err(refused)?;
        let manager: Option<Box<dyn RemoteBuckets>> = match (&settings.buckets, &settings.service) {
            (BucketPlan::Prefix { bucket, .. }, _) => {
                // A mistake in the settings should show at the start.
                Remote::open(&settings, &transport, bucket)?;
                None
            }
            (
                _,
                CloudService::S3 {
                    native: Some(native), ..
                },
            ) => Some(Box::new(B2Buckets::new(native.clone())?)),
            (_, CloudService::S3 { .. }) => Some(Box::new(S3Buckets {
                settings: settings.clone(),
                transport: transport.clone(),
            })),
            _ => {
                return Err(ObjectError::Refused(
                    "buckets of this store cannot be made".to_owned(),
                ));
            }
        };
        Ok(Self {
            settings,
            transport,
            manager,
            opened: Mutex::default(),
        })
    }

    /// Where the objects of a bucket are.
    fn place(&self, bucket: &BucketName) -> Result<Place, ObjectError> {
        let (name, before) = match &self.settings.buckets {
            BucketPlan::Prefix { bucket: name, before } => (name.clone(), format!("{before}{bucket}/")),
            BucketPlan::Bucket { before } => (format!("{before}{bucket}"), String::new()),
        };
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let remote = match opened.get(&name) {
            Some(remote) => remote.clone(),
            None => {
                let remote = Remote::open(&self.settings, &self.transport, &name)?;
                opened.insert(name, remote.clone());
                remote
            }
        };
        Ok(Place { remote, before })
    }

    /// What makes buckets, and what the bucket is called there.
    fn managed(&self, bucket: &str) -> Option<(&dyn RemoteBuckets, String)> {
        let BucketPlan::Bucket { before } = &self.settings.buckets else {
            return None;
        };
        self.manager
            .as_deref()
            .map(|manager| (manager, format!("{before}{bucket}")))
    }
}

#[async_trait]
impl ObjectStore for CloudObjects {
    fn name(&self) -> &'static str {
        match self.settings.service {
            CloudService::S3 { name, .. } => name,
            CloudService::Gcs { .. } => "gcs",
            CloudService::Azure { .. } => "azure",
        }
    }

    async fn create_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        match self.managed(bucket.as_str()) {
            Some((manager, name)) => manager.create(&name).await,
            None => Ok(()),
        }
    }

    async fn delete_bucket(&self, bucket: &BucketName) -> Result<(), ObjectError> {
        // Not every store looks by itself.
        match self.list(bucket, None, 1).await {
            Ok(objects) if objects.is_empty() => {}
            Ok(_) => return Err(ObjectError::NotEmpty),
            Err(ObjectError::NotFound) => return Ok(()),
            Err(error) => return Err(error),
        }
        match self.managed(bucket.as_str()) {
            Some((manager, name)) => {
                manager.delete(&name).await?;
                self.opened
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(&name);
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn write(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
    ) -> Result<Box<dyn ObjectWriter>, ObjectError> {
        let place = self.place(bucket)?;
        let path = place.path(key)?;
        Ok(Box::new(CloudWriter::new(
            place.remote,
            path,
            self.settings.part_size(),
        )))
    }

    async fn read(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        range: Option<Range<u64>>,
    ) -> Result<ObjectRead, ObjectError> {
        let place = self.place(bucket)?;
        let path = place.path(key)?;
        if range.as_ref().is_some_and(Range::is_empty) {
            // HTTP has no way to ask for nothing.
            let size = place.remote.store().head(&path).await.map_err(failed)?.size;
            return span(range, size).map(|_| cloud_reader::nothing(size));
        }
        let options = GetOptions {
            range: range.clone().map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let answer = place
            .remote
            .store()
            .get_opts(&path, options)
            .await
            .map_err(failed)?;
        span(range, answer.meta.size)?;
        Ok(cloud_reader::read(answer))
    }

    async fn head(&self, bucket: &BucketName, key: &ObjectKey) -> Result<Option<ObjectInfo>, ObjectError> {
        let place = self.place(bucket)?;
        match place.remote.store().head(&place.path(key)?).await.map_err(failed) {
            Ok(meta) => Ok(place.info(&meta)),
            Err(ObjectError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn copy<'a>(
        &self,
        from: (&'a BucketName, &'a ObjectKey),
        to: (&'a BucketName, &'a ObjectKey),
    ) -> Result<(), ObjectError> {
        let (source, target) = (self.place(from.0)?, self.place(to.0)?);
        if self.manager.is_none() || from.0 == to.0 {
            let (source_path, target_path) = (source.path(from.1)?, target.path(to.1)?);
            let copied = source.remote.store().copy(&source_path, &target_path);
            return copied.await.map_err(failed);
        }
        // The crate copies inside one bucket only.
        let mut body = self.read(from.0, from.1, None).await?.body;
        let mut writer = self.write(to.0, to.1).await?;
        while let Some(octets) = body.next().await {
            writer.write(octets?).await?;
        }
        writer.finish().await
    }

    async fn delete(&self, bucket: &BucketName, key: &ObjectKey) -> Result<(), ObjectError> {
        let place = self.place(bucket)?;
        match place
            .remote
            .store()
            .delete(&place.path(key)?)
            .await
            .map_err(failed)
        {
            Err(ObjectError::NotFound) => Ok(()),
            other => other,
        }
    }

    async fn list<'a>(
        &self,
        bucket: &BucketName,
        after: Option<&'a ObjectKey>,
        limit: usize,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        let place = self.place(bucket)?;
        let prefix = place.prefix()?;
        let store = place.remote.store();
        let listed = match after {
            Some(after) => store.list_with_offset(prefix.as_ref(), &place.path(after)?),
            None => store.list(prefix.as_ref()),
        };
        let ours = listed.try_filter_map(|meta| ready(Ok(place.info(&meta))));
        ours.take(limit).try_collect().await.map_err(failed)
    }

    async fn presign(
        &self,
        bucket: &BucketName,
        key: &ObjectKey,
        presign: &Presign,
    ) -> Result<Option<String>, ObjectError> {
        let place = self.place(bucket)?;
        let (method, options) = signed(presign)?;
        let signer = place.remote.signer();
        let path = place.path(key)?;
        match signer
            .signed_url_opts(method, &path, presign.lasts, &options)
            .await
        {
            Ok(url) => Ok(Some(url.into())),
            Err(object_store::Error::NotSupported { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The store's own rules do that; docs/object-stores.md tells how.
    async fn tidy(&self, _: Timestamp) -> Result<u64, ObjectError> {
        Ok(0)
    }

    async fn check(&self) -> Result<(), String> {
        if let Some((manager, name)) = self.managed(NOBODY) {
            return manager.check(&name).await;
        }
        let nobody = BucketName::parse(NOBODY).map_err(|error| error.to_string())?;
        let listed = self.list(&nobody, None, 1).await;
        listed.map(drop).map_err(|error| error.to_string())
    }
}

/// What is part of a signature: the headers that the store is to answer with, or the one that it
/// is to be sent.
fn signed(presign: &Presign) -> Result<(Method, SignedUrlOptions), ObjectError> {
    let options = SignedUrlOptions::default();
    match presign.method {
        PresignedMethod::Get => {
            let pair =
                |name: &str, value: &Option<String>| value.clone().map(|value| (name.to_owned(), value));
            let query = [
                pair("response-content-type", &presign.content_type),
                pair("response-content-disposition", &presign.content_disposition),
            ];
            Ok((Method::GET, options.with_query(query.into_iter().flatten())))
        }
        PresignedMethod::Put => {
            let Some(content_type) = &presign.content_type else {
                return Ok((Method::PUT, options));
            };
            let value = HeaderValue::from_str(content_type);
            let value = value.map_err(|error| ObjectError::Refused(error.to_string()))?;
            let name = HeaderName::from_static("content-type");
            Ok((Method::PUT, options.with_signed_header(name, value)))
        }
    }
}
