//! Seeing one's own API keys.

use mainstay_domain::{ApiKey, ApiKeyId, Page, PageRequest, Principal};

use super::{ApiKeyError, ApiKeyService, service::refuse_key};

impl ApiKeyService {
    /// The caller's keys, newest first, expired ones included.
    ///
    /// # Errors
    /// `SessionRequired`, `Failure`.
    #[tracing::instrument(name = "api_keys.list", skip_all)]
    pub async fn list(&self, caller: &Principal, page: &PageRequest) -> Result<Page<ApiKey>, ApiKeyError> {
        refuse_key(caller)?;
        Ok(self
            .ports
            .store
            .read()
            .api_keys()
            .list(caller.user.id, page)
            .await?)
    }

    /// One of the caller's keys.
    ///
    /// # Errors
    /// `SessionRequired`; `NotFound` also if it is somebody else's; `Failure`.
    #[tracing::instrument(name = "api_keys.get", skip_all)]
    pub async fn get(&self, caller: &Principal, id: ApiKeyId) -> Result<ApiKey, ApiKeyError> {
        refuse_key(caller)?;
        let found = self
            .ports
            .store
            .read()
            .api_keys()
            .find(caller.user.id, id)
            .await?;
        found.ok_or(ApiKeyError::NotFound)
    }
}
