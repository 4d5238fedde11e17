//! Which providers there are, and where browsers are sent back to.

use std::{collections::BTreeMap, sync::Arc};

use mainstay_domain::ProviderName;

use super::OauthError;
use crate::ports::IdentityProvider;

/// The providers of this server, and what an operator decided about them.
#[derive(Clone, Default)]
pub struct IdentityProviders {
    /// By name.
    pub providers: BTreeMap<ProviderName, Arc<dyn IdentityProvider>>,
    /// Addresses of front ends that browsers may be sent to with a code, compared octet by octet
    /// (RFC 9700 section 2.1).
    pub redirect_uris: Vec<String>,
    /// Where this server is reached; never taken from a request.
    pub public_url: String,
}

impl IdentityProviders {
    /// The provider of this name.
    pub(super) fn named(&self, raw: &str) -> Result<(ProviderName, &dyn IdentityProvider), OauthError> {
        let name = ProviderName::parse(raw).map_err(|_| OauthError::UnknownProvider)?;
        let provider = self.providers.get(&name).ok_or(OauthError::UnknownProvider)?;
        Ok((name, &**provider))
    }

    /// Where the provider sends its answers.
    pub(super) fn callback(&self, provider: &ProviderName) -> String {
        let base = self.public_url.trim_end_matches('/');
        format!("{base}/api/v1/auth/oauth/{provider}/callback")
    }

    pub(super) fn check_redirect(&self, uri: Option<&str>) -> Result<(), OauthError> {
        let listed = |uri: &str| self.redirect_uris.iter().any(|known| known == uri);
        if uri.is_none_or(listed) {
            return Ok(());
        }
        Err(OauthError::RedirectNotAllowed)
    }
}

/// Names only: clients hold secrets.
impl std::fmt::Debug for IdentityProviders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.providers.keys()).finish()
    }
}
