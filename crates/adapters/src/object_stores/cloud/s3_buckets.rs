//! Making and removing buckets as S3 does it.

use std::time::Duration;

use async_trait::async_trait;
use mainstay_services::ports::ObjectError;
use object_store::{path::Path, signer::Method};
use reqwest::StatusCode;

use super::{
    RemoteBuckets, failure::failed, remote::Remote, settings::CloudService, settings::CloudSettings,
    transport::Transport,
};
use crate::outgoing;

/// How long a signed request may be on its way.
const LASTS: Duration = Duration::from_secs(300);
/// The region that must not be named (S3, `CreateBucket`).
const UNNAMED_REGION: &str = "us-east-1";

/// Buckets of a store that speaks S3.
pub(super) struct S3Buckets {
    pub(super) settings: CloudSettings,
    pub(super) transport: Transport,
}

impl S3Buckets {
    /// Asks for something to be done with a bucket. The request is signed like a URL to be given
    /// away, which is the same signature in another place.
    async fn ask(&self, method: Method, name: &str, body: String) -> Result<StatusCode, ObjectError> {
        let remote = Remote::open(&self.settings, &self.transport, name)?;
        let url = remote
            .signer()
            .signed_url(method.clone(), &Path::ROOT, LASTS)
            .await;
        let request = self.transport.client().request(method, url.map_err(failed)?);
        let answer = outgoing::send_built(request.body(body)).await;
        let answer = answer.map_err(|error| ObjectError::Unavailable(error.without_url().to_string()))?;
        Ok(answer.status())
    }

    /// Where to make a bucket. Only Amazon asks.
    fn location(&self) -> String {
        match &self.settings.service {
            CloudService::S3 { region, .. } if self.settings.is_amazon() && region != UNNAMED_REGION => {
                format!(
                    "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
                )
            }
            _ => String::new(),
        }
    }

    /// Whether a bucket is there and ours.
    async fn is_ours(&self, name: &str) -> Result<bool, ObjectError> {
        let status = self.ask(Method::HEAD, name, String::new()).await?;
        Ok(status.is_success())
    }
}

#[async_trait]
impl RemoteBuckets for S3Buckets {
    async fn create(&self, name: &str) -> Result<(), ObjectError> {
        let status = self.ask(Method::PUT, name, self.location()).await?;
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::CONFLICT if self.is_ours(name).await? => Ok(()),
            StatusCode::CONFLICT => Err(ObjectError::Refused(format!(
                "somebody else has a bucket of the name {name}"
            ))),
            status => Err(refused(status)),
        }
    }

    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        let status = self.ask(Method::DELETE, name, String::new()).await?;
        match status {
            StatusCode::NOT_FOUND => Ok(()),
            StatusCode::CONFLICT => Err(ObjectError::NotEmpty),
            status if status.is_success() => Ok(()),
            status => Err(refused(status)),
        }
    }

    async fn check(&self, name: &str) -> Result<(), String> {
        let status = self.ask(Method::HEAD, name, String::new()).await;
        match status.map_err(|error| error.to_string())? {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            status => Err(refused(status).to_string()),
        }
    }
}

fn refused(status: StatusCode) -> ObjectError {
    let text = format!("the store answers {status}");
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        ObjectError::Unavailable(text)
    } else {
        ObjectError::Refused(text)
    }
}
