//! The declaration of one key.

use super::{
    audit, auth, cache, database, environment, hashing, jobs, kind::Kind, log, mail, passkeys, redis, scan,
    sentry, server, ship, storage, throttle, traces, users,
};

/// Declares one key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in `mainstay.toml`, such as `server.port`.
    pub name: &'static str,
    /// What its value must look like.
    pub kind: Kind,
    /// The built-in value, as it would stand in the environment; empty for none.
    pub default: &'static str,
    /// What it is for, in a sentence.
    pub doc: &'static str,
    /// The well-known variable that sets it too, such as `PORT`.
    pub plain: Option<&'static str>,
    /// Whether its value is never shown.
    pub secret: bool,
}

impl Key {
    /// A key that anybody may see.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            kind,
            default,
            doc,
            plain: None,
            secret: false,
        }
    }

    /// Gives the key a well-known variable of its own.
    #[must_use]
    pub const fn plain(mut self, variable: &'static str) -> Self {
        self.plain = Some(variable);
        self
    }

    /// Hides the value everywhere.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The variable every key has: `MAINSTAY_SECTION__KEY`.
    #[must_use]
    pub fn long_variable(&self) -> String {
        format!("MAINSTAY_{}", self.name.replace('.', "__").to_uppercase())
    }

    /// The variable to recommend: the well-known one if there is one.
    #[must_use]
    pub fn variable(&self) -> String {
        self.plain.map_or_else(|| self.long_variable(), str::to_owned)
    }

    /// Whether `variable` sets this key.
    #[must_use]
    pub fn is_set_by(&self, variable: &str) -> bool {
        self.plain == Some(variable) || self.long_variable() == variable
    }
}

/// Every key there is, section by section.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    [
        environment::KEYS,
        server::KEYS,
        database::KEYS,
        auth::KEYS,
        passkeys::KEYS,
        hashing::KEYS,
        throttle::KEYS,
        cache::KEYS,
        redis::KEYS,
        users::KEYS,
        jobs::KEYS,
        mail::KEYS,
        storage::KEYS,
        scan::KEYS,
        audit::KEYS,
        log::KEYS,
        traces::KEYS,
        ship::KEYS,
        sentry::KEYS,
    ]
    .into_iter()
    .flatten()
}
