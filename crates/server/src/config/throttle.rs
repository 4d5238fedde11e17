//! Section `throttle`: slowing guesses down.

use std::time::Duration;

use serde::Deserialize;

use super::{Key, Kind, human};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const TRIES: Kind = Kind::Whole {
    min: 1,
    max: 1_000_000,
};

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "throttle.enabled",
        Kind::Flag,
        "true",
        "Whether repeated tries are slowed down.",
    ),
    Key::new(
        "throttle.account_free_tries",
        TRIES,
        "5",
        "Failed logins to one account before delays begin.",
    ),
    Key::new(
        "throttle.address_free_tries",
        TRIES,
        "30",
        "Failed logins from one address before delays begin.",
    ),
    Key::new(
        "throttle.register_free_tries",
        TRIES,
        "20",
        "Registrations from one address before delays begin.",
    ),
    Key::new(
        "throttle.base_delay",
        Kind::Span {
            min: Duration::from_millis(10),
            max: HOUR,
        },
        "1s",
        "The first delay; each further one is twice as long.",
    ),
    Key::new(
        "throttle.max_delay",
        Kind::Span {
            min: Duration::from_millis(10),
            max: DAY,
        },
        "1m",
        "The longest delay; nobody is ever locked out for good.",
    ),
    Key::new(
        "throttle.forget_after",
        Kind::Span {
            min: SECOND,
            max: DAY.saturating_mul(30),
        },
        "15m",
        "A rest this long clears the count.",
    ),
];

/// Section `throttle`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThrottleConfig {
    /// Whether repeated tries are slowed down.
    pub enabled: bool,
    /// Failed logins to one account before delays begin.
    pub account_free_tries: i32,
    /// Failed logins from one address before delays begin.
    pub address_free_tries: i32,
    /// Registrations from one address before delays begin.
    pub register_free_tries: i32,
    /// The first delay; each further one is twice as long.
    #[serde(deserialize_with = "human::duration")]
    pub base_delay: Duration,
    /// The longest delay.
    #[serde(deserialize_with = "human::duration")]
    pub max_delay: Duration,
    /// A rest this long clears the count.
    #[serde(deserialize_with = "human::duration")]
    pub forget_after: Duration,
}
