//! What a provider says of itself (OpenID Connect Discovery 1.0).

use std::sync::Arc;

use chrono::Duration;
use mainstay_domain::Timestamp;
use mainstay_services::ports::ProviderError;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::http::{Http, unusable};

/// How long it is believed without asking again.
const LIFE: Duration = Duration::hours(1);

/// After a failure nobody asks for so long, or everybody who comes meanwhile would wait for a provider that
/// does not answer, one after the other.
const REST: Duration = Duration::seconds(2);

/// Where a provider does what.
#[derive(Debug)]
pub(super) struct Metadata {
    /// As in the document; with Microsoft's placeholder for the tenant in it.
    pub(super) issuer: String,
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    /// Where claims are told that are not in the ID token.
    pub(super) user_info: Option<Url>,
    /// Whether the client's secret goes into the form instead of a header.
    pub(super) secret_in_form: bool,
    /// Whether answers always name their sender (RFC 9207).
    pub(super) names_sender: bool,
}

/// What came of asking.
type Told = Result<Arc<Metadata>, ProviderError>;

/// Reads it when it is needed, and remembers it.
pub(super) struct Discovery {
    url: String,
    issuer: String,
    known: Mutex<Option<(Timestamp, Told)>>,
}

impl Discovery {
    /// The document of `base`, which must be of `issuer`.
    pub(super) fn new(base: &str, issuer: String) -> Self {
        Self {
            url: format!("{}/.well-known/openid-configuration", base.trim_end_matches('/')),
            issuer,
            known: Mutex::new(None),
        }
    }

    pub(super) async fn metadata(&self, http: &Http, now: Timestamp) -> Told {
        let mut known = self.known.lock().await;
        if let Some((at, told)) = &*known
            && now - *at < if told.is_ok() { LIFE } else { REST }
        {
            return told.clone();
        }
        let told = self.read(http).await;
        *known = Some((now, told.clone()));
        told
    }

    async fn read(&self, http: &Http) -> Told {
        let url = http.endpoint(Some(&self.url))?;
        let metadata = parse(http, &http.get(&url, None).await?)?;
        if metadata.issuer != self.issuer {
            return Err(unusable("the discovery document is of another issuer"));
        }
        Ok(Arc::new(metadata))
    }
}

fn parse(http: &Http, document: &Value) -> Result<Metadata, ProviderError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let methods = document
        .get("token_endpoint_auth_methods_supported")
        .and_then(Value::as_array);
    let supports = |name: &str| methods.is_some_and(|methods| methods.iter().any(|method| method == name));
    Ok(Metadata {
        issuer: text("issuer").unwrap_or_default().to_owned(),
        authorization: http.endpoint(text("authorization_endpoint"))?,
        token: http.endpoint(text("token_endpoint"))?,
        keys: http.endpoint(text("jwks_uri"))?,
        user_info: http.endpoint(text("userinfo_endpoint")).ok(),
        // A header is what a document that says nothing means.
        secret_in_form: supports("client_secret_post") && !supports("client_secret_basic"),
        names_sender: document.get("authorization_response_iss_parameter_supported")
            == Some(&Value::Bool(true)),
    })
}
