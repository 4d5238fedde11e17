//! Wiring of other providers that vouch for people.

use std::sync::Arc;

use mainstay_services::auth::IdentityProviders;

use crate::config::Config;

/// The configured providers.
#[cfg(feature = "social-login")]
pub(crate) fn identity_providers(config: &Config) -> anyhow::Result<Arc<IdentityProviders>> {
    use mainstay_domain::ProviderName;

    let mut providers = std::collections::BTreeMap::new();
    for (name, provider) in &config.auth.providers {
        let known = ProviderName::parse(name).map_err(|error| anyhow::anyhow!("{name} {}", error.message))?;
        providers.insert(known, presets::provider(config, name, provider)?);
    }
    Ok(Arc::new(IdentityProviders {
        providers,
        redirect_uris: config.auth.oauth_redirect_uris.clone(),
        public_url: config.server.public_url(config.server.port),
    }))
}

/// None: this binary cannot ask them.
#[cfg(not(feature = "social-login"))]
pub(crate) fn identity_providers(config: &Config) -> anyhow::Result<Arc<IdentityProviders>> {
    anyhow::ensure!(
        config.auth.providers.is_empty(),
        "auth.providers: this binary was built without the feature social-login"
    );
    Ok(Arc::default())
}

#[cfg(feature = "social-login")]
mod presets {
    use std::sync::Arc;

    use mainstay_adapters::{EmailTrust, GithubProvider, GithubSettings, OidcProvider, OidcSettings};
    use mainstay_services::ports::IdentityProvider;

    use crate::config::{Config, ProviderConfig};

    const GOOGLE: &str = "https://accounts.google.com";
    const APPLE: &str = "https://appleid.apple.com";
    const MICROSOFT: &str = "https://login.microsoftonline.com";
    /// The tenant of everybody's private accounts.
    const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
    const GITHUB: &str = "https://github.com";
    const GITHUB_API: &str = "https://api.github.com";

    pub(super) fn provider(
        config: &Config,
        name: &str,
        provider: &ProviderConfig,
    ) -> anyhow::Result<Arc<dyn IdentityProvider>> {
        let preset = provider.preset(name);
        let insecure = config.environment.is_local();
        if preset == "github" {
            return Ok(Arc::new(GithubProvider::new(github(provider, insecure))?));
        }
        Ok(Arc::new(OidcProvider::new(oidc(preset, provider, insecure))?))
    }

    fn text(provider: &ProviderConfig, field: &str, default: &str) -> String {
        provider.get(field).unwrap_or(default).to_owned()
    }

    pub(super) fn github(provider: &ProviderConfig, insecure: bool) -> GithubSettings {
        let url = text(provider, "issuer", GITHUB);
        let own_api = format!("{}/api/v3", url.trim_end_matches('/'));
        let api = if url == GITHUB { GITHUB_API } else { &own_api };
        GithubSettings {
            api_url: text(provider, "api_url", api),
            url,
            client_id: text(provider, "client_id", ""),
            client_secret: text(provider, "client_secret", ""),
            scopes: text(provider, "scopes", "read:user user:email"),
            insecure,
        }
    }

    pub(super) fn oidc(preset: &str, provider: &ProviderConfig, insecure: bool) -> OidcSettings {
        let base = match preset {
            "google" => GOOGLE,
            "apple" => APPLE,
            _ => "",
        };
        let (discovery, issuer) = if preset == "microsoft" {
            microsoft(provider)
        } else {
            let issuer = text(provider, "issuer", base);
            (issuer.clone(), issuer)
        };
        OidcSettings {
            discovery,
            issuer,
            client_id: text(provider, "client_id", ""),
            client_secret: text(provider, "client_secret", ""),
            scopes: text(
                provider,
                "scopes",
                if preset == "apple" {
                    "openid email name"
                } else {
                    "openid email profile"
                },
            ),
            form_post: provider.form_post(preset),
            email_trust: if preset == "microsoft" {
                EmailTrust::DomainOwnerVerified
            } else {
                EmailTrust::EmailVerified
            },
            insecure,
        }
    }

    /// Where the document lies, and which issuer it must name. For many tenants the issuer has a
    /// placeholder, which the adapter fills in from the token.
    fn microsoft(provider: &ProviderConfig) -> (String, String) {
        let base = text(provider, "issuer", MICROSOFT);
        let base = base.trim_end_matches('/');
        let tenant = text(provider, "tenant", "common");
        let issued_by = match tenant.as_str() {
            "common" | "organizations" => "{tenantid}",
            "consumers" => CONSUMERS,
            id => id,
        };
        (
            format!("{base}/{tenant}/v2.0"),
            format!("{base}/{issued_by}/v2.0"),
        )
    }
}

#[cfg(all(test, feature = "social-login"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use mainstay_adapters::EmailTrust;

    use super::presets::{github, oidc};
    use crate::config::ProviderConfig;

    fn written(fields: &str) -> ProviderConfig {
        serde_json::from_str(fields).unwrap()
    }

    #[test]
    fn each_preset_leads_to_where_its_provider_really_is() {
        let plain = written(r#"{"client_id":"id","client_secret":"secret"}"#);
        for (preset, issuer, form_post) in [
            ("google", "https://accounts.google.com", false),
            ("apple", "https://appleid.apple.com", true),
        ] {
            let settings = oidc(preset, &plain, false);
            assert_eq!(
                (settings.discovery.as_str(), settings.issuer.as_str()),
                (issuer, issuer)
            );
            assert_eq!(settings.form_post, form_post);
            assert_eq!(settings.email_trust, EmailTrust::EmailVerified);
        }
        let settings = github(&plain, false);
        assert_eq!(settings.url, "https://github.com");
        assert_eq!(settings.api_url, "https://api.github.com");
        let own = written(r#"{"issuer":"https://git.example.com/"}"#);
        assert_eq!(github(&own, false).api_url, "https://git.example.com/api/v3");
    }

    #[test]
    fn a_tenant_of_microsoft_has_its_own_issuer_and_is_not_believed_about_addresses() {
        let host = "https://login.microsoftonline.com";
        let own = "72f988bf-86f1-41af-91ab-2d7cd011db47";
        let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad";
        for (tenant, issued_by) in [
            ("common", "{tenantid}"),
            ("organizations", "{tenantid}"),
            ("consumers", consumers),
            (own, own),
        ] {
            let config = written(&format!(r#"{{"tenant":"{tenant}"}}"#));
            let settings = oidc("microsoft", &config, false);
            assert_eq!(settings.discovery, format!("{host}/{tenant}/v2.0"));
            assert_eq!(settings.issuer, format!("{host}/{issued_by}/v2.0"));
            assert_eq!(settings.email_trust, EmailTrust::DomainOwnerVerified);
        }
    }
}
