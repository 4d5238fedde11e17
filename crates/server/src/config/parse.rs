//! Reading single values of every kind.

use std::net::IpAddr;

use figment::value::Value;
use mainstay_domain::RoleName;
use url::Url;

use super::human;

pub(super) fn flag(value: &Value, typed: bool) -> Option<bool> {
    if let Some(flag) = value.to_bool() {
        return Some(flag);
    }
    let text = value.as_str().filter(|_| !typed)?.trim().to_lowercase();
    match text.as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

pub(super) fn whole(value: &Value, typed: bool) -> Option<u64> {
    if let Some(number) = value.to_u128().or_else(|| unsigned(value)) {
        return u64::try_from(number).ok();
    }
    value.as_str().filter(|_| !typed)?.trim().parse().ok()
}

/// TOML's integers are signed.
fn unsigned(value: &Value) -> Option<u128> {
    value.to_i128().and_then(|number| u128::try_from(number).ok())
}

pub(super) fn size(value: &Value) -> Option<u64> {
    whole(value, true).or_else(|| human::parse_size(value.as_str()?))
}

/// A list; in variables a JSON array or comma-separated.
pub(super) fn list(value: &Value, typed: bool, item: fn(&str) -> Option<String>) -> Option<Vec<String>> {
    if let Some(values) = value.as_array() {
        return values.iter().map(|value| value.as_str().and_then(item)).collect();
    }
    let text = value.as_str().filter(|_| !typed)?.trim();
    if text.starts_with('[') {
        let items: Vec<String> = serde_json::from_str(text).ok()?;
        return items.iter().map(|text| item(text)).collect();
    }
    let items = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    items.map(item).collect()
}

/// An origin in the form browsers send it (RFC 6454 section 6.2), so that a trailing slash
/// does not silently allow nobody.
pub(super) fn origin(text: &str) -> Option<String> {
    if text == "*" {
        return Some(text.to_owned());
    }
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    let web = matches!(url.scheme(), "http" | "https");
    (web && bare && anonymous).then(|| url.origin().ascii_serialization())
}

/// A word; shorter ones are in every password.
pub(super) fn word(text: &str) -> Option<String> {
    (3..=100).contains(&text.chars().count()).then(|| text.to_owned())
}

/// An address, or a network in CIDR notation.
pub(super) fn network(text: &str) -> Option<String> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    match prefix {
        None => Some(address.to_string()),
        Some(prefix) => {
            let prefix: u8 = prefix.parse().ok().filter(|prefix| *prefix <= longest)?;
            Some(format!("{address}/{prefix}"))
        }
    }
}

/// The name of a role.
pub(super) fn role(text: &str) -> Option<String> {
    RoleName::parse(text).ok().map(|name| name.to_string())
}

pub(super) fn choice(text: &str, words: &[&str]) -> Option<String> {
    let word = words.iter().find(|word| word.eq_ignore_ascii_case(text))?;
    Some((*word).to_owned())
}

/// Without a trailing slash, so that paths can be put behind it.
pub(super) fn web_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (web && plain).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// SeaORM panics over what is no URL at all.
pub(super) fn is_database_url(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    match url.scheme() {
        "sqlite" => !text.trim_start_matches("sqlite:").trim_matches('/').is_empty(),
        "postgres" | "postgresql" | "mysql" | "mariadb" => url.has_host(),
        _ => false,
    }
}

pub(super) fn has_scheme(text: &str, schemes: &[&str]) -> bool {
    schemes
        .iter()
        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
}

pub(crate) fn is_log_filter(text: &str) -> bool {
    tracing_subscriber::EnvFilter::builder().parse(text).is_ok() && text.split(',').all(is_directive)
}

/// The filter takes any single word for a target, so that `inof` would switch logging off.
fn is_directive(directive: &str) -> bool {
    let level = directive
        .rsplit_once('=')
        .map_or(directive, |(_, level)| level)
        .trim();
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    levels.iter().any(|known| known.eq_ignore_ascii_case(level))
}
