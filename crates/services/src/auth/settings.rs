//! What an operator can decide about authentication.

use std::fmt;

use chrono::Duration;
use mainstay_domain::{RoleName, ThrottlePolicy};

use super::ChallengeSettings;

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Anybody; the account is there at once.
    Open,
    /// Anybody; the account begins when its address is confirmed, and nobody learns which
    /// addresses have one.
    Verified,
    /// Whoever an administrator invites.
    Invite,
    /// Nobody: administrators make accounts, and no invitations are mailed.
    Closed,
}

/// The key refresh tokens are derived with. `Debug` never shows it.
#[derive(Clone)]
pub struct RefreshKey(pub [u8; 32]);

impl fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshKey(***)")
    }
}

/// How guesses are slowed down.
#[derive(Debug, Clone)]
pub struct ThrottleSettings {
    /// Off for benchmarks only.
    pub enabled: bool,
    /// Tries to log in to one account from one address.
    pub account: ThrottlePolicy,
    /// Failed tries to log in to one account from anywhere. Its longest delay is short, and
    /// addresses the owner is logged in from are exempt, so that a stranger cannot keep an
    /// owner out.
    pub account_anywhere: ThrottlePolicy,
    /// Failed tries from one address, whatever the account.
    pub address: ThrottlePolicy,
    /// A network (IPv4 /24, IPv6 /48) has so many times the free tries of one address in it; 0 for
    /// no limit.
    pub network_factor: i32,
    /// Registrations from one address.
    pub registration: ThrottlePolicy,
    /// When a proof of work is asked for, if ever.
    pub challenge: Option<ChallengeSettings>,
    /// Mails asked for to one address.
    pub mail: ThrottlePolicy,
    /// Guesses at the codes of one account: six digits are soon guessed by whoever may try for
    /// long, so that this is stricter and remembers longer than the rest.
    pub second_factor: ThrottlePolicy,
}

impl Default for ThrottleSettings {
    fn default() -> Self {
        let policy = |free_tries, max_delay| ThrottlePolicy {
            free_tries,
            base_delay: Duration::seconds(1),
            max_delay,
            forget_after: Duration::minutes(15),
        };
        Self {
            enabled: true,
            account: policy(5, Duration::minutes(15)),
            account_anywhere: policy(50, Duration::seconds(30)),
            address: policy(30, Duration::minutes(5)),
            network_factor: 10,
            registration: policy(20, Duration::minutes(5)),
            challenge: None,
            mail: policy(3, Duration::minutes(15)),
            second_factor: ThrottlePolicy {
                forget_after: Duration::hours(24),
                ..policy(10, Duration::hours(1))
            },
        }
    }
}

/// What an operator can decide about authentication.
#[derive(Debug, Clone)]
pub struct AuthSettings {
    /// Who may make an account.
    pub registration: RegistrationMode,
    /// Whether an unverified account is refused at login.
    pub require_verified_email: bool,
    /// Life of an access token.
    pub access_ttl: Duration,
    /// A session ends when it was not refreshed for so long.
    pub refresh_idle_ttl: Duration,
    /// A session ends after so long whatever happens.
    pub refresh_absolute_ttl: Duration,
    /// A refresh token sent again within this time gets the same successor; a client whose
    /// answer was lost on the way is not logged out.
    pub replay_window: Duration,
    /// Time to prove a second factor after the first one (ASVS 5.0 6.6.2).
    pub mfa_login_ttl: Duration,
    /// Life of mailed links; an hour at most (ASVS 5.0 6.6.2).
    pub link_ttl: Duration,
    /// Life of mailed codes and of the links beside them; ten minutes at most (ASVS 5.0 6.6.2).
    pub code_ttl: Duration,
    /// Life of invitations.
    pub invitation_ttl: Duration,
    /// Whether a mailed link or code opens a session.
    pub mail_sign_in: bool,
    /// Where mailed links lead; never taken from a request.
    pub public_url: String,
    /// Time to confirm an authenticator app after it was offered.
    pub enrolment_ttl: Duration,
    /// How long a proof of who one is lasts for sensitive actions (ASVS 5.0 7.5.1).
    pub step_up_max_age: Duration,
    /// Roles that can be used only with a second factor.
    pub mfa_required_for_roles: Vec<RoleName>,
    /// What people know this server as; authenticator apps show it.
    pub display_name: String,
    /// Life of the first-administrator link.
    pub first_admin_ttl: Duration,
    /// Derives refresh tokens.
    pub refresh_key: RefreshKey,
    /// How guesses are slowed down.
    pub throttle: ThrottleSettings,
}

impl AuthSettings {
    /// The defaults of the specification, with a key.
    #[must_use]
    pub fn new(refresh_key: RefreshKey) -> Self {
        Self {
            registration: RegistrationMode::Open,
            require_verified_email: false,
            access_ttl: Duration::minutes(15),
            refresh_idle_ttl: Duration::days(7),
            refresh_absolute_ttl: Duration::days(30),
            replay_window: Duration::seconds(10),
            mfa_login_ttl: Duration::minutes(5),
            link_ttl: Duration::hours(1),
            code_ttl: Duration::minutes(10),
            invitation_ttl: Duration::days(3),
            mail_sign_in: true,
            public_url: "http://127.0.0.1:8000".to_owned(),
            enrolment_ttl: Duration::minutes(15),
            step_up_max_age: Duration::minutes(15),
            mfa_required_for_roles: Vec::new(),
            display_name: "Mainstay".to_owned(),
            first_admin_ttl: Duration::hours(24),
            refresh_key,
            throttle: ThrottleSettings::default(),
        }
    }
}
