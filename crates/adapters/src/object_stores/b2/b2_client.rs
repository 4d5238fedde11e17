//! A client of the native API.

use std::{sync::Arc, time::Duration};

use mainstay_services::ports::ObjectError;
use reqwest::{Client, RequestBuilder, redirect::Policy};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::sleep};

use super::{
    failure::Failure,
    session::Session,
    wire::{B2Bucket, B2BucketType, B2LifecycleRule, DownloadAuthorized, Listed},
};
use crate::{object_stores::cloud::CloudKeys, outgoing};

/// How the native API is reached.
#[derive(Clone)]
pub struct B2Settings {
    /// Where accounts are authorized: `https://api.backblazeb2.com`.
    pub api_url: String,
    /// Key id and key.
    pub keys: CloudKeys,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often a call is tried again.
    pub retries: u32,
    /// Whether plain HTTP will do, for tests.
    pub insecure: bool,
}

impl B2Settings {
    /// Where accounts are authorized.
    pub const API_URL: &'static str = "https://api.backblazeb2.com";
}

/// Manages buckets at Backblaze B2.
pub struct B2Client {
    settings: B2Settings,
    client: Client,
    session: Mutex<Option<Arc<Session>>>,
}

/// How long to wait before another try, if the answer says.
type RetryAfter = Option<Duration>;

impl B2Client {
    /// Asks nothing yet.
    ///
    /// # Errors
    /// `Refused` if there is no TLS to be had.
    pub fn new(settings: B2Settings) -> Result<Self, ObjectError> {
        let client = Client::builder()
            .user_agent(concat!("mainstay/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .https_only(!settings.insecure)
            .timeout(settings.timeout)
            .build();
        Ok(Self {
            client: client.map_err(|error| ObjectError::Refused(error.to_string()))?,
            settings,
            session: Mutex::new(None),
        })
    }

    /// Logs in, if that was not done yet; tells where files are downloaded from.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn authorize(&self) -> Result<String, ObjectError> {
        let session = self.session().await.map_err(|(failure, _)| failure)?;
        Ok(session.download_url.clone())
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// `Refused` if anybody in the world has one of this name, and what else [`ObjectError`] has.
    pub async fn create_bucket(
        &self,
        name: &str,
        kind: B2BucketType,
        rules: &[B2LifecycleRule],
    ) -> Result<B2Bucket, ObjectError> {
        Ok(self.try_create_bucket(name, kind, rules).await?)
    }

    pub(super) async fn try_create_bucket(
        &self,
        name: &str,
        kind: B2BucketType,
        rules: &[B2LifecycleRule],
    ) -> Result<B2Bucket, Failure> {
        let body = json!({ "bucketName": name, "bucketType": kind, "lifecycleRules": rules });
        self.call("b2_create_bucket", body).await
    }

    /// Our buckets, or the one of this name.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn list_buckets(&self, name: Option<&str>) -> Result<Vec<B2Bucket>, ObjectError> {
        let body = name.map_or_else(|| json!({}), |name| json!({ "bucketName": name }));
        let listed: Listed = self.call("b2_list_buckets", body).await?;
        Ok(listed.buckets)
    }

    /// Changes who may read a bucket, or when its files are removed.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn update_bucket(
        &self,
        id: &str,
        kind: Option<B2BucketType>,
        rules: Option<&[B2LifecycleRule]>,
    ) -> Result<B2Bucket, ObjectError> {
        let mut body = json!({ "bucketId": id });
        if let Some(kind) = kind {
            body["bucketType"] = json!(kind);
        }
        if let Some(rules) = rules {
            body["lifecycleRules"] = json!(rules);
        }
        Ok(self.call("b2_update_bucket", body).await?)
    }

    /// Removes a bucket.
    ///
    /// # Errors
    /// `NotEmpty` if there is any version of any file in it, and what else [`ObjectError`] has.
    pub async fn delete_bucket(&self, id: &str) -> Result<(), ObjectError> {
        let body = json!({ "bucketId": id });
        self.call::<Value>("b2_delete_bucket", body).await?;
        Ok(())
    }

    /// A token with which files whose names begin so can be downloaded from a private bucket, for
    /// a second to a week.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub async fn download_authorization(
        &self,
        id: &str,
        prefix: &str,
        lasts: Duration,
        content_disposition: Option<&str>,
    ) -> Result<String, ObjectError> {
        let mut body = json!({
            "bucketId": id,
            "fileNamePrefix": prefix,
            "validDurationInSeconds": lasts.as_secs(),
        });
        if let Some(disposition) = content_disposition {
            body["b2ContentDisposition"] = json!(disposition);
        }
        let answer: DownloadAuthorized = self.call("b2_get_download_authorization", body).await?;
        Ok(answer.authorization_token)
    }

    /// Makes a call: with a new token if the old one does not hold any more, and again if B2 is
    /// busy, as its documentation asks for.
    async fn call<T: DeserializeOwned>(&self, operation: &str, body: Value) -> Result<T, Failure> {
        let mut renewed = false;
        let mut tries = 0;
        loop {
            let (failure, after) = match self.call_once(operation, body.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(failed) => failed,
            };
            if failure.wants_new_token() && !renewed {
                renewed = true;
                *self.session.lock().await = None;
            } else if failure.may_pass() && tries < self.settings.retries {
                sleep(pause(tries, after, self.settings.timeout)).await;
                tries += 1;
            } else {
                return Err(failure);
            }
        }
    }

    async fn call_once<T: DeserializeOwned>(
        &self,
        operation: &str,
        mut body: Value,
    ) -> Result<T, (Failure, RetryAfter)> {
        let session = self.session().await?;
        body["accountId"] = json!(session.account_id);
        let request = self
            .client
            .post(format!("{}/b2api/v3/{operation}", session.api_url))
            .header("authorization", &session.token)
            .json(&body);
        answer(request).await
    }

    async fn session(&self) -> Result<Arc<Session>, (Failure, RetryAfter)> {
        let mut session = self.session.lock().await;
        if let Some(session) = &*session {
            return Ok(Arc::clone(session));
        }
        let begun = Session::begin(&self.client, &self.settings).await;
        let begun = Arc::new(begun.map_err(|failure| (failure, None))?);
        *session = Some(Arc::clone(&begun));
        Ok(begun)
    }
}

/// How long to wait before the next try: as told, or longer each time, and never longer than an
/// answer may take.
fn pause(tries: u32, told: RetryAfter, longest: Duration) -> Duration {
    let own = Duration::from_millis(200).saturating_mul(2_u32.saturating_pow(tries));
    told.unwrap_or(own).min(longest)
}

/// Sends a request and reads the answer.
pub(super) async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, (Failure, RetryAfter)> {
    let broken = |error| (Failure::transport(error), None);
    let response = outgoing::send_built(request).await.map_err(broken)?;
    let status = response.status();
    let after = response.headers().get("retry-after");
    let after = after.and_then(|value| value.to_str().ok()?.parse().ok());
    let octets = response.bytes().await.map_err(broken)?;
    if status.is_success() {
        let parsed = serde_json::from_slice(&octets);
        return parsed.map_err(|error| (Failure::Broken(format!("an answer is unreadable: {error}")), None));
    }
    let failure = match serde_json::from_slice(&octets) {
        Ok(refusal) => Failure::Refused(status, refusal),
        Err(_) => Failure::Broken(format!("an answer is {status}")),
    };
    Err((failure, after.map(Duration::from_secs)))
}
