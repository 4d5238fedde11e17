//! Our buckets at B2.

use async_trait::async_trait;
use mainstay_services::ports::ObjectError;

use super::{
    b2_client::{B2Client, B2Settings},
    wire::{B2Bucket, B2BucketType, B2LifecycleRule},
};
use crate::object_stores::cloud::RemoteBuckets;

/// Makes private buckets in which nothing that was deleted stays for more than a day.
pub(in super::super) struct B2Buckets(B2Client);

impl B2Buckets {
    pub(in super::super) fn new(settings: B2Settings) -> Result<Self, ObjectError> {
        B2Client::new(settings).map(Self)
    }

    async fn find(&self, name: &str) -> Result<Option<B2Bucket>, ObjectError> {
        let mut buckets = self.0.list_buckets(Some(name)).await?;
        buckets.retain(|bucket| bucket.bucket_name == name);
        Ok(buckets.pop())
    }
}

#[async_trait]
impl RemoteBuckets for B2Buckets {
    async fn create(&self, name: &str) -> Result<(), ObjectError> {
        let rules = [B2LifecycleRule::tidy()];
        let made = self
            .0
            .try_create_bucket(name, B2BucketType::Private, &rules)
            .await;
        match made {
            Ok(_) => Ok(()),
            Err(failure) if failure.code() == "duplicate_bucket_name" => match self.find(name).await? {
                Some(_) => Ok(()),
                None => Err(failure.into()),
            },
            Err(failure) => Err(failure.into()),
        }
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        match self.find(name).await? {
            Some(bucket) => self.0.delete_bucket(&bucket.bucket_id).await,
            None => Ok(()),
        }
    }

    async fn check(&self, name: &str) -> Result<(), String> {
        let found = self.find(name).await;
        found.map(drop).map_err(|error| error.to_string())
    }
}
