//! `auth.providers`: other providers one can sign in with, one table a provider.
//!
//! `[auth.providers.google]` in `mainstay.toml`, `MAINSTAY_AUTH__PROVIDERS__GOOGLE__CLIENT_ID` in
//! the environment, or all of them as JSON in `MAINSTAY_AUTH__PROVIDERS`.

use std::collections::BTreeMap;

use figment::value::Value;
use mainstay_domain::ProviderName;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de::Error};
use url::Url;

use super::{Config, Problem, Setting};

pub(super) const KEY: &str = "auth.providers";
/// What variables of single fields begin with.
const VARIABLES: &str = "MAINSTAY_AUTH__PROVIDERS__";
/// Fields of a provider.
const FIELDS: &[&str] = &[
    "preset",
    "issuer",
    "client_id",
    "client_secret",
    "tenant",
    "scopes",
    "api_url",
    "form_post",
];
const PRESETS: &[&str] = &["oidc", "google", "github", "microsoft", "apple"];

/// One provider as it was written down.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ProviderConfig(BTreeMap<String, SecretString>);

/// Every provider, by name.
pub type ProvidersConfig = BTreeMap<String, ProviderConfig>;

impl ProviderConfig {
    /// A field, if it is there and not empty.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        let text = self.0.get(field)?.expose_secret().trim();
        (!text.is_empty()).then_some(text)
    }

    /// Which preset it follows: the named one, or the one of its own name, or none.
    #[must_use]
    pub fn preset<'a>(&'a self, name: &'a str) -> &'a str {
        let own = PRESETS.contains(&name).then_some(name);
        self.get("preset").or(own).unwrap_or("oidc")
    }

    /// Whether the provider is to send a form.
    #[must_use]
    pub fn form_post(&self, preset: &str) -> bool {
        self.get("form_post")
            .map_or(preset == "apple", |text| text == "true")
    }
}

/// `(google, client_id, in a file)` for `MAINSTAY_AUTH__PROVIDERS__GOOGLE__CLIENT_ID`.
pub(super) fn field_of(variable: &str) -> Option<(String, String, bool)> {
    let (name, field) = variable.strip_prefix(VARIABLES)?.split_once("__")?;
    let (name, field) = (name.to_lowercase(), field.to_lowercase());
    let in_file = field.strip_suffix("_file").filter(|bare| FIELDS.contains(bare));
    Some(match in_file {
        Some(bare) => (name, bare.to_owned(), true),
        None => (name, field, false),
    })
}

/// Tables of texts, as one JSON text.
pub(super) fn check(value: &Value) -> Option<Value> {
    let json = match value {
        Value::String(_, text) => serde_json::from_str(text).ok()?,
        Value::Dict(..) => serde_json::to_value(value).ok()?,
        _ => return None,
    };
    let mut providers = BTreeMap::new();
    for (name, fields) in json.as_object()? {
        let mut texts = BTreeMap::new();
        for (field, value) in fields.as_object()? {
            let flag = || value.as_bool().map(|flag| flag.to_string());
            texts.insert(field, value.as_str().map(str::to_owned).or_else(flag)?);
        }
        providers.insert(name, texts);
    }
    serde_json::to_string(&providers).ok().map(Value::from)
}

/// What [`check`] made.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ProvidersConfig, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.unwrap_or_default();
    if text.is_empty() {
        return Ok(ProvidersConfig::new());
    }
    serde_json::from_str(&text).map_err(|_| D::Error::custom("no providers"))
}

/// Everything that is wrong with the providers; never with a value in it.
pub(super) fn problems(config: &Config, settings: &[Setting]) -> Vec<Problem> {
    let setting = settings.iter().find(|setting| setting.key == KEY);
    let source = setting.map_or("default", |setting| setting.source.as_str());
    let mut problems = Vec::new();
    for (name, provider) in &config.auth.providers {
        let mut wrong = |field: &str, message: &str| {
            problems.push(Problem::new(&format!("{KEY}.{name}{field}"), source, message));
        };
        if ProviderName::parse(name).is_err() {
            wrong("", "expected a name of lower-case letters, digits, - and _");
        }
        for field in provider
            .0
            .keys()
            .filter(|field| !FIELDS.contains(&field.as_str()))
        {
            let known = FIELDS.join(", ");
            wrong(
                &format!(".{field}"),
                &format!("there is no such key; expected {known}"),
            );
        }
        for (field, message) in broken(config, name, provider) {
            wrong(&format!(".{field}"), message);
        }
    }
    problems
}

fn broken(config: &Config, name: &str, provider: &ProviderConfig) -> Vec<(&'static str, &'static str)> {
    let preset = provider.preset(name);
    let secure = |field: &str| {
        let url = provider.get(field).map(Url::parse);
        url.is_none_or(|url| {
            url.is_ok_and(|url| {
                url.scheme() == "https" || (config.environment.is_local() && url.scheme() == "http")
            })
        })
    };
    let rules = [
        (
            "preset",
            !PRESETS.contains(&preset),
            "expected oidc, google, github, microsoft or apple",
        ),
        (
            "client_id",
            provider.get("client_id").is_none(),
            "expected the id that the provider gave this server",
        ),
        (
            "client_secret",
            preset != "oidc" && provider.get("client_secret").is_none(),
            "expected the secret that the provider gave this server",
        ),
        (
            "issuer",
            preset == "oidc" && provider.get("issuer").is_none(),
            "expected the provider's issuer, such as https://id.example.com",
        ),
        ("issuer", !secure("issuer"), "expected an https:// address"),
        ("api_url", !secure("api_url"), "expected an https:// address"),
        (
            "tenant",
            preset == "microsoft" && !provider.get("tenant").is_some_and(is_tenant),
            "expected the tenant's id, or common, organizations or consumers",
        ),
        (
            "form_post",
            provider
                .get("form_post")
                .is_some_and(|text| !matches!(text, "true" | "false")),
            "expected true or false",
        ),
    ];
    let broken = rules.into_iter().filter(|(_, broken, _)| *broken);
    broken.map(|(field, _, message)| (field, message)).collect()
}

fn is_tenant(text: &str) -> bool {
    let is_id = text.len() == 36 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    is_id || matches!(text, "common" | "organizations" | "consumers")
}

/// Where a browser may be sent with a code: HTTPS, this machine, or an app's own scheme (RFC 8252
/// section 7). Kept octet by octet, for that is how it is compared.
pub(super) fn redirect_uri(text: &str) -> Option<String> {
    let url = Url::parse(text)
        .ok()
        .filter(|url| url.fragment().is_none() && url.username().is_empty())?;
    let allowed = match url.scheme() {
        "https" => url.has_host(),
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        scheme => scheme.contains('.'),
    };
    (allowed && text.chars().all(|c| c.is_ascii_graphic())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_lead_to_https_this_machine_or_an_app() {
        for good in [
            "https://app.example.com/signed-in?x=1",
            "http://127.0.0.1:3000/",
            "com.example.app:/cb",
        ] {
            assert_eq!(redirect_uri(good).as_deref(), Some(good));
        }
        for bad in [
            "http://app.example.com/",
            "https://a.example/#x",
            "https://u@a.example/",
            "javascript:alert(1)",
            "/cb",
        ] {
            assert_eq!(redirect_uri(bad), None, "{bad}");
        }
    }

    #[test]
    fn variables_name_provider_and_field() {
        let google = |field: &str, in_file| Some(("google".to_owned(), field.to_owned(), in_file));
        assert_eq!(
            field_of("MAINSTAY_AUTH__PROVIDERS__GOOGLE__CLIENT_ID"),
            google("client_id", false)
        );
        assert_eq!(
            field_of("MAINSTAY_AUTH__PROVIDERS__GOOGLE__CLIENT_SECRET_FILE"),
            google("client_secret", true)
        );
        assert_eq!(field_of("MAINSTAY_AUTH__PROVIDERS"), None);
    }
}
