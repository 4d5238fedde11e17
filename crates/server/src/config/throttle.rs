//! Section `throttle`: slowing guesses down.

use std::time::Duration;

use serde::Deserialize;

use super::{Key, Kind, human};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);
const TRIES: Kind = Kind::Whole {
    min: 1,
    max: 1_000_000,
};

const DELAY: Kind = Kind::Span {
    min: Duration::from_millis(10),
    max: DAY,
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
        "Tries to log in to one account from one address before delays begin.",
    ),
    Key::new(
        "throttle.account_max_delay",
        DELAY,
        "15m",
        "Longest delay for one account from one address.",
    ),
    Key::new(
        "throttle.anywhere_free_tries",
        TRIES,
        "50",
        "Failed logins to one account from anywhere before delays begin.",
    ),
    Key::new(
        "throttle.anywhere_max_delay",
        DELAY,
        "30s",
        "Longest delay for one account from anywhere; short, so that nobody can keep an owner out.",
    ),
    Key::new(
        "throttle.address_free_tries",
        TRIES,
        "30",
        "Failed logins from one address before delays begin.",
    ),
    Key::new(
        "throttle.address_max_delay",
        DELAY,
        "5m",
        "Longest delay for one address.",
    ),
    Key::new(
        "throttle.network_factor",
        Kind::Whole { min: 0, max: 10_000 },
        "10",
        "So many times the free tries of an address has its network (IPv4 /24, IPv6 /48); 0 for no limit.",
    ),
    Key::new(
        "throttle.register_free_tries",
        TRIES,
        "20",
        "Registrations from one address before delays begin.",
    ),
    Key::new(
        "throttle.register_max_delay",
        DELAY,
        "5m",
        "Longest delay between registrations from one address.",
    ),
    Key::new(
        "throttle.challenge_after",
        Kind::Whole {
            min: 0,
            max: 1_000_000,
        },
        "0",
        "Failed logins to one account, or from one address, before a proof of work is asked for; 0 never asks.",
    ),
    Key::new(
        "throttle.challenge_bits",
        Kind::Whole { min: 8, max: 32 },
        "18",
        "How hard it is: zero bits its hash must begin with; each doubles the work.",
    ),
    Key::new(
        "throttle.challenge_ttl",
        Kind::Span {
            min: SECOND,
            max: Duration::from_secs(3600),
        },
        "2m",
        "How long it can be solved.",
    ),
    Key::new(
        "throttle.mail_free_tries",
        TRIES,
        "3",
        "Mails asked for to one address before delays begin.",
    ),
    Key::new(
        "throttle.mail_max_delay",
        DELAY,
        "15m",
        "Longest delay between mails asked for to one address.",
    ),
    Key::new(
        "throttle.second_factor_free_tries",
        TRIES,
        "10",
        "Codes of authenticator apps tried for one account before delays begin.",
    ),
    Key::new(
        "throttle.second_factor_max_delay",
        DELAY,
        "1h",
        "Longest delay between tries of codes for one account; passkeys and recovery codes are never delayed.",
    ),
    Key::new(
        "throttle.base_delay",
        DELAY,
        "1s",
        "The first delay; each further one is twice as long.",
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
    /// Tries to log in to one account from one address before delays begin.
    pub account_free_tries: i32,
    /// Longest delay for one account from one address.
    #[serde(deserialize_with = "human::duration")]
    pub account_max_delay: Duration,
    /// Failed logins to one account from anywhere before delays begin.
    pub anywhere_free_tries: i32,
    /// Longest delay for one account from anywhere.
    #[serde(deserialize_with = "human::duration")]
    pub anywhere_max_delay: Duration,
    /// Failed logins from one address before delays begin.
    pub address_free_tries: i32,
    /// Longest delay for one address.
    #[serde(deserialize_with = "human::duration")]
    pub address_max_delay: Duration,
    /// So many times the free tries of an address has its network; 0 for no limit.
    pub network_factor: i32,
    /// Registrations from one address before delays begin.
    pub register_free_tries: i32,
    /// Longest delay between registrations from one address.
    #[serde(deserialize_with = "human::duration")]
    pub register_max_delay: Duration,
    /// Failed logins before a proof of work is asked for; 0 never asks.
    pub challenge_after: u32,
    /// Zero bits the proof's hash must begin with.
    pub challenge_bits: u8,
    /// How long it can be solved.
    #[serde(deserialize_with = "human::duration")]
    pub challenge_ttl: Duration,
    /// Mails asked for to one address before delays begin.
    pub mail_free_tries: i32,
    /// Longest delay between mails asked for to one address.
    #[serde(deserialize_with = "human::duration")]
    pub mail_max_delay: Duration,
    /// Codes tried for one account before delays begin.
    pub second_factor_free_tries: i32,
    /// Longest delay between tries of codes for one account.
    #[serde(deserialize_with = "human::duration")]
    pub second_factor_max_delay: Duration,
    /// The first delay; each further one is twice as long.
    #[serde(deserialize_with = "human::duration")]
    pub base_delay: Duration,
    /// A rest this long clears the count.
    #[serde(deserialize_with = "human::duration")]
    pub forget_after: Duration,
}

/// Codes are guessed by patience, so that tries of them are remembered this long.
pub const SECOND_FACTOR_MEMORY: Duration = DAY;

impl ThrottleConfig {
    /// Every longest delay with the key that sets it.
    pub(super) fn max_delays(&self) -> [(&'static str, Duration); 5] {
        [
            ("throttle.account_max_delay", self.account_max_delay),
            ("throttle.anywhere_max_delay", self.anywhere_max_delay),
            ("throttle.address_max_delay", self.address_max_delay),
            ("throttle.register_max_delay", self.register_max_delay),
            ("throttle.mail_max_delay", self.mail_max_delay),
        ]
    }
}
