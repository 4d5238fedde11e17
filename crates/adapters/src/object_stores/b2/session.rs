//! Being logged in at B2, for a day at most.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::Client;

use super::{b2_client::B2Settings, failure::Failure, wire::Authorized};

/// Who we are, and where to ask.
pub(super) struct Session {
    pub(super) account_id: String,
    pub(super) token: String,
    pub(super) api_url: String,
    pub(super) download_url: String,
}

impl Session {
    /// `b2_authorize_account`.
    pub(super) async fn begin(client: &Client, settings: &B2Settings) -> Result<Self, Failure> {
        let pair = format!("{}:{}", settings.keys.id, settings.keys.secret);
        let request = client
            .get(format!("{}/b2api/v3/b2_authorize_account", settings.api_url))
            .header("authorization", format!("Basic {}", BASE64_STANDARD.encode(pair)));
        let answer: Authorized = super::b2_client::answer(request)
            .await
            .map_err(|(failure, _)| failure)?;
        Ok(Self {
            account_id: answer.account_id,
            token: answer.authorization_token,
            api_url: answer.api_info.storage_api.api_url,
            download_url: answer.api_info.storage_api.download_url,
        })
    }
}
