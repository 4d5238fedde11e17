//! The keys a provider signs with: remembered, and read again when one is unknown.

use chrono::Duration;
use jsonwebtoken::{Algorithm, DecodingKey, jwk::Jwk};
use mainstay_domain::Timestamp;
use mainstay_services::ports::ProviderError;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::http::Http;

/// Keys that the provider gave up are believed for so long at most.
const LIFE: Duration = Duration::hours(1);
/// Whoever sends invented key ids must not make us ask the provider each time.
const REST: Duration = Duration::minutes(1);

/// The keys of one provider.
#[derive(Default)]
pub(super) struct Keys(Mutex<Known>);

#[derive(Default)]
struct Known {
    keys: Vec<Value>,
    read_at: Option<Timestamp>,
    /// When a key was unknown and the keys were read again for it.
    searched_at: Option<Timestamp>,
}

/// A key, and whose tokens it may sign if not those of every issuer.
pub(super) struct FoundKey {
    pub(super) key: DecodingKey,
    pub(super) issuer: Option<String>,
}

impl Keys {
    /// The key for a token with this header.
    pub(super) async fn find(
        &self,
        (http, url): (&Http, &Url),
        (kid, algorithm): (Option<&str>, Algorithm),
        now: Timestamp,
    ) -> Result<FoundKey, ProviderError> {
        let mut known = self.0.lock().await;
        if known.read_at.is_none_or(|at| now - at >= LIFE) {
            known.read(http, url, now).await?;
        }
        if let Some(found) = known.find(kid, algorithm) {
            return Ok(found);
        }
        if known.searched_at.is_none_or(|at| now - at >= REST) {
            known.searched_at = Some(now);
            known.read(http, url, now).await?;
        }
        let found = known.find(kid, algorithm);
        found.ok_or_else(|| ProviderError::Refused("the token is signed with an unknown key".to_owned()))
    }
}

impl Known {
    async fn read(&mut self, http: &Http, url: &Url, now: Timestamp) -> Result<(), ProviderError> {
        let document = http.get(url, None).await?;
        let keys = document.get("keys").and_then(Value::as_array);
        self.keys = keys.cloned().unwrap_or_default();
        self.read_at = Some(now);
        Ok(())
    }

    /// A token without a key id is signed with the only key there is for its algorithm, or with
    /// none.
    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<FoundKey> {
        let usable = |key: &&Value| {
            let named = |name: &str, expected: &str| {
                key.get(name).is_none_or(|value| value.as_str() == Some(expected))
            };
            let id = key.get("kid").and_then(Value::as_str);
            (kid.is_none() || id == kid)
                && named("use", "sig")
                && named("alg", &format!("{algorithm:?}"))
                && is_for(key, algorithm)
        };
        let mut found = self.keys.iter().filter(usable);
        let (first, second) = (found.next()?, found.next());
        if second.is_some() {
            return None;
        }
        let jwk: Jwk = serde_json::from_value(first.clone()).ok()?;
        Some(FoundKey {
            key: DecodingKey::from_jwk(&jwk).ok()?,
            issuer: first.get("issuer").and_then(Value::as_str).map(str::to_owned),
        })
    }
}

/// Whether a key is of the kind that the algorithm takes (RFC 8725 section 3.1): no symmetric
/// one ever is.
fn is_for(key: &Value, algorithm: Algorithm) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    match algorithm {
        Algorithm::RS256
        | Algorithm::RS384
        | Algorithm::RS512
        | Algorithm::PS256
        | Algorithm::PS384
        | Algorithm::PS512 => text("kty") == "RSA",
        Algorithm::ES256 => text("kty") == "EC" && text("crv") == "P-256",
        Algorithm::ES384 => text("kty") == "EC" && text("crv") == "P-384",
        Algorithm::EdDSA => text("kty") == "OKP" && text("crv") == "Ed25519",
        _ => false,
    }
}
