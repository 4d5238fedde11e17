//! Section `passkeys`.

use serde::Deserialize;

use super::{Key, Kind};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "passkeys.domain",
        Kind::OptionalText,
        "",
        "Domain that passkeys are for, such as example.com; by default the host of PUBLIC_URL. Changing it makes every passkey useless.",
    ),
    Key::new(
        "passkeys.origins",
        Kind::Origins,
        "",
        "Origins of pages that may ask for passkeys; by default that of PUBLIC_URL.",
    ),
];

/// Section `passkeys`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasskeysConfig {
    /// Domain that passkeys are for (the relying party's id).
    pub domain: Option<String>,
    /// Origins of pages that may ask for passkeys.
    pub origins: Vec<String>,
}

impl PasskeysConfig {
    /// Whether a page at `origin` may use passkeys of `domain`: its host is that or lies below.
    pub(super) fn is_within(origin: &str, domain: &str) -> bool {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let host = host.split(':').next().unwrap_or(host);
        host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    }
}
