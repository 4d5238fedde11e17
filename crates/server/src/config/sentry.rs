//! Section `sentry`: error reports.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{Config, Key, Kind, rules::Rule};

pub(super) const KEYS: &[Key] = &[Key::new(
    "sentry.dsn",
    Kind::OptionalText,
    "",
    "Where errors and panics are reported, such as https://key@sentry.example.com/1; nowhere by default.",
)
.plain("SENTRY_DSN")
.secret()];

/// Section `sentry`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentryConfig {
    /// Where errors are reported; nowhere without.
    pub dsn: Option<SecretString>,
}

/// What a DSN says.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "log-shipping"),
    allow(dead_code, reason = "nothing is reported without")
)]
pub(crate) struct Dsn {
    /// The address that takes envelopes.
    pub(crate) url: String,
    /// Who reports.
    pub(crate) key: String,
}

impl SentryConfig {
    /// Where errors are reported; nothing if nowhere.
    pub(crate) fn target(&self) -> Option<Dsn> {
        parse(self.dsn.as_ref()?.expose_secret())
    }
}

/// `https://key@host/path/project` → `https://host/path/api/project/envelope/`.
fn parse(dsn: &str) -> Option<Dsn> {
    let mut url = Url::parse(dsn).ok()?;
    let is_plain = url.query().is_none() && url.fragment().is_none();
    let key = url.username().to_owned();
    let (folder, project) = url.path().trim_end_matches('/').rsplit_once('/')?;
    let named = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_alphanumeric());
    let fits = is_plain && matches!(url.scheme(), "http" | "https") && named(&key) && named(project);
    if !fits {
        return None;
    }
    let path = format!("{folder}/api/{project}/envelope/");
    url.set_path(&path);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(Dsn { url: url.into(), key })
}

pub(super) fn rules(config: &Config) -> Vec<Rule> {
    let sentry = &config.sentry;
    vec![(
        "sentry.dsn",
        sentry.dsn.is_some() && sentry.target().is_none(),
        "expected a DSN such as https://key@sentry.example.com/1",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dsn_names_the_project_the_key_and_the_address_of_envelopes() {
        for (dsn, url, key) in [
            (
                "https://abc123@o1.ingest.sentry.example.com/42",
                "https://o1.ingest.sentry.example.com/api/42/envelope/",
                "abc123",
            ),
            (
                "http://abc:old-secret@127.0.0.1:9000/glitchtip/7/",
                "http://127.0.0.1:9000/glitchtip/api/7/envelope/",
                "abc",
            ),
        ] {
            let parsed = parse(dsn).expect(dsn);
            assert_eq!((parsed.url.as_str(), parsed.key.as_str()), (url, key));
        }
        for broken in [
            "",
            "https://sentry.example.com/1",
            "https://key@sentry.example.com",
            "https://key@sentry.example.com/",
            "ftp://key@sentry.example.com/1",
            "https://key@sentry.example.com/1?x=1",
            "key@sentry.example.com/1",
        ] {
            assert!(parse(broken).is_none(), "{broken}");
        }
    }
}
