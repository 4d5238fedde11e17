//! What the value of a key must look like.

use std::{fmt, time::Duration};

use figment::value::{Empty, Tag, Value};

use super::{human, parse, providers};

/// What the value of a key must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text that is not empty.
    Text,
    /// Text, or nothing.
    OptionalText,
    /// `true` or `false`.
    Flag,
    /// A whole number in a range.
    Whole {
        /// Smallest accepted.
        min: u64,
        /// Largest accepted.
        max: u64,
    },
    /// A whole number in a range, or nothing.
    OptionalWhole {
        /// Smallest accepted.
        min: u64,
        /// Largest accepted.
        max: u64,
    },
    /// A span of time in a range.
    Span {
        /// Shortest accepted.
        min: Duration,
        /// Longest accepted.
        max: Duration,
    },
    /// An amount of octets in a range.
    Size {
        /// Smallest accepted.
        min: u64,
        /// Largest accepted.
        max: u64,
    },
    /// One of some words.
    Choice(&'static [&'static str]),
    /// Origins as browsers send them, or `*`.
    Origins,
    /// Addresses and networks.
    Networks,
    /// Names of roles.
    Roles,
    /// Words.
    Words,
    /// Addresses of front ends.
    RedirectUris,
    /// Tables of other providers, or nothing.
    Providers,
    /// An `http` or `https` address of a server, or nothing.
    WebUrl,
    /// Where the database is.
    DatabaseUrl,
    /// Where Redis is, or nothing.
    RedisUrl,
    /// Log levels, by target if wanted.
    LogFilter,
}

impl Kind {
    /// Checks a value. The answer is in one canonical form whatever layer it came from; nothing
    /// if the value is not acceptable. `typed` values (TOML) must have the right type;
    /// variables are always text, so that a secret made of digits stays what it is.
    #[must_use]
    pub fn check(self, value: &Value, typed: bool) -> Option<Value> {
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return self.check_nothing();
        }
        match self {
            Self::Flag => parse::flag(value, typed).map(Value::from),
            Self::Whole { min, max } | Self::OptionalWhole { min, max } => parse::whole(value, typed)
                .filter(|number| (min..=max).contains(number))
                .map(Value::from),
            Self::Span { min, max } => human::parse_duration(value.as_str()?)
                .filter(|span| (min..=max).contains(span))
                .map(|span| Value::from(human::show_duration(span))),
            Self::Size { min, max } => parse::size(value)
                .filter(|size| (min..=max).contains(size))
                .map(Value::from),
            Self::Origins => parse::list(value, typed, parse::origin).map(Value::from),
            Self::Networks => parse::list(value, typed, parse::network).map(Value::from),
            Self::Roles => parse::list(value, typed, parse::role).map(Value::from),
            Self::Words => parse::list(value, typed, parse::word).map(Value::from),
            Self::RedirectUris => parse::list(value, typed, providers::redirect_uri).map(Value::from),
            Self::Providers => providers::check(value),
            _ => self.check_text(value.as_str()?).map(Value::from),
        }
    }

    fn check_text(self, text: &str) -> Option<String> {
        let text = text.trim();
        let accepted = match self {
            Self::Choice(words) => return parse::choice(text, words),
            Self::WebUrl => return parse::web_url(text),
            Self::DatabaseUrl => parse::is_database_url(text),
            Self::RedisUrl => parse::has_scheme(text, &["redis://", "rediss://"]),
            Self::LogFilter => parse::is_log_filter(text),
            _ => true,
        };
        accepted.then(|| text.to_owned())
    }

    fn check_nothing(self) -> Option<Value> {
        match self {
            Self::OptionalText
            | Self::OptionalWhole { .. }
            | Self::WebUrl
            | Self::RedisUrl
            | Self::Providers => Some(Value::Empty(Tag::Default, Empty::None)),
            Self::Origins | Self::Networks | Self::Roles | Self::Words | Self::RedirectUris => {
                Some(Value::from(Vec::<String>::new()))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    /// What would be accepted, to follow "expected".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text | Self::OptionalText => f.write_str("text"),
            Self::Flag => f.write_str("true or false"),
            Self::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
            Self::OptionalWhole { min, max } => write!(f, "a whole number from {min} to {max}, or nothing"),
            Self::Span { min, max } => write!(
                f,
                "a duration such as 500ms, 15m or 7d, from {} to {}",
                human::show_duration(*min),
                human::show_duration(*max)
            ),
            Self::Size { min, max } => write!(
                f,
                "a size such as 512KiB or 1MiB, from {} to {}",
                human::show_size(*min),
                human::show_size(*max)
            ),
            Self::Choice(words) => write!(f, "one of {}", words.join(", ")),
            Self::Origins => {
                f.write_str("origins such as https://app.example.com, as a list or comma-separated, or *")
            }
            Self::Networks => {
                f.write_str("addresses or networks such as 10.0.0.0/8, as a list or comma-separated")
            }
            Self::Roles => f.write_str("names of roles, as a list or comma-separated"),
            Self::Words => f.write_str("words of 3 to 100 characters, as a list or comma-separated"),
            Self::RedirectUris => {
                f.write_str("URLs such as https://app.example.com/signed-in, as a list or comma-separated")
            }
            Self::Providers => {
                f.write_str("a table for each provider, or JSON such as {\"google\":{\"client_id\":\"…\"}}")
            }
            Self::WebUrl => f.write_str("a URL such as https://api.example.com, without query or fragment"),
            Self::DatabaseUrl => {
                f.write_str("a URL such as sqlite://data/mainstay.db, postgres://… or mysql://…")
            }
            Self::RedisUrl => f.write_str("a URL such as redis://localhost:6379"),
            Self::LogFilter => f.write_str(
                "error, warn, info, debug, trace or off, or a filter such as info,mainstay_api=debug",
            ),
        }
    }
}
