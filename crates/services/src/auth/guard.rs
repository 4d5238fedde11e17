//! Slowing down guesses, shared by all replicas through the store.
//!
//! Three counters stand in the way of a login: tries at one account from one address,
//! counted *before* the password is looked at, so that a hundred parallel guesses are a
//! hundred tries; and failures at one account from anywhere and failures from one address
//! and from its network, counted afterwards. Keys are hashes of what was typed, whether or not such an account
//! exists: an unknown address is throttled exactly like a known one.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mainstay_domain::{Email, Origin, PageRequest, ThrottleDecision, ThrottlePolicy, ThrottleState, User};

use super::{
    AuthError, AuthService,
    network::{Counter, address},
};

/// Losing the race for a counter this often means that many others are trying.
const MAX_RACES: usize = 8;

/// The keys a try is counted under, and what was remembered before it.
pub(super) struct Attempt {
    pub(super) account_key: String,
    anywhere_key: String,
    origin: Origin,
    before: Option<ThrottleState>,
}

impl AuthService {
    /// Counts a mail asked for to `email`: nobody's mailbox is to be filled from here, and no
    /// code guessed by asking for ever new ones.
    pub(super) async fn count_mail(&self, email: &Email, origin: &Origin) -> Result<(), AuthError> {
        if !self.throttle().enabled {
            return Ok(());
        }
        self.count_from(Counter::Mails, origin).await?;
        self.count(&key("mail", email.key(), ""), &self.throttle().mail)
            .await?;
        Ok(())
    }

    /// Counts a try to log in as `typed` before the password is looked at.
    pub(super) async fn count_attempt(&self, typed: &str, origin: &Origin) -> Result<Attempt, AuthError> {
        let from = address(origin);
        let mut attempt = Attempt {
            account_key: key("login", typed, &from),
            anywhere_key: key("account", typed, ""),
            origin: origin.clone(),
            before: None,
        };
        if self.throttle().enabled {
            self.check_from(Counter::Failures, origin).await?;
            attempt.before = self.count(&attempt.account_key, &self.throttle().account).await?;
        }
        Ok(attempt)
    }

    /// Refuses a try at an account that is under attack from many addresses, unless it comes
    /// from where its owner is logged in.
    pub(super) async fn check_anywhere(
        &self,
        attempt: &Attempt,
        user: Option<&User>,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        if !self.throttle().enabled {
            return Ok(());
        }
        let verdict = self
            .check(&attempt.anywhere_key, &self.throttle().account_anywhere)
            .await;
        match (verdict, user) {
            (Err(AuthError::Throttled { .. }), Some(user)) if self.is_at_home(user, origin).await? => Ok(()),
            (verdict, _) => verdict,
        }
    }

    /// Counts a failure.
    pub(super) async fn count_failure(&self, attempt: &Attempt) -> Result<(), AuthError> {
        if !self.throttle().enabled {
            return Ok(());
        }
        let anywhere = self.throttle().account_anywhere;
        match self.count(&attempt.anywhere_key, &anywhere).await {
            Ok(_) | Err(AuthError::Throttled { .. }) => {}
            Err(error) => return Err(error),
        }
        self.note_from(Counter::Failures, &attempt.origin).await
    }

    /// Counts a guess at a code of an account before it is judged. All strangers share one
    /// counter, and each address the owner is logged in from has its own, so that nobody keeps
    /// the owner out there. Returns the key, to be cleared by a right code.
    pub(super) async fn count_code_guess(
        &self,
        user: &User,
        origin: &Origin,
    ) -> Result<Option<String>, AuthError> {
        if !self.throttle().enabled {
            return Ok(None);
        }
        let key = self.code_key(user, origin).await?;
        self.count(&key, &self.throttle().second_factor).await?;
        Ok(Some(key))
    }

    /// Where guesses at codes of a user are counted.
    pub(super) async fn code_key(&self, user: &User, origin: &Origin) -> Result<String, AuthError> {
        let from = if self.is_at_home(user, origin).await? {
            address(origin)
        } else {
            String::new()
        };
        Ok(key("code", &user.id.to_string(), &from))
    }

    /// Takes back a try that was never judged, because hashing was overloaded.
    pub(super) async fn forget_attempt(&self, attempt: &Attempt) -> Result<(), AuthError> {
        if !self.throttle().enabled {
            return Ok(());
        }
        let throttles = self.ports.store.read().throttles();
        match (attempt.before, throttles.find(&attempt.account_key).await?) {
            (Some(before), Some(current)) => {
                throttles
                    .advance(&attempt.account_key, Some(current), &before)
                    .await?;
            }
            _ => throttles.clear(&attempt.account_key).await?,
        }
        Ok(())
    }

    /// Counts a try, or refuses it. Returns what was remembered before.
    pub(super) async fn count(
        &self,
        key: &str,
        policy: &ThrottlePolicy,
    ) -> Result<Option<ThrottleState>, AuthError> {
        let throttles = self.ports.store.read().throttles();
        for _ in 0..MAX_RACES {
            let before = throttles.find(key).await?;
            match policy.decide(before, self.now()) {
                ThrottleDecision::Deny(wait) => return Err(throttled(wait)),
                ThrottleDecision::Allow(next) => {
                    if throttles.advance(key, before, &next).await? {
                        return Ok(before);
                    }
                }
            }
        }
        Err(throttled(policy.base_delay))
    }

    pub(super) async fn check(&self, key: &str, policy: &ThrottlePolicy) -> Result<(), AuthError> {
        let state = self.ports.store.read().throttles().find(key).await?;
        match policy.decide(state, self.now()) {
            ThrottleDecision::Deny(wait) => Err(throttled(wait)),
            ThrottleDecision::Allow(_) => Ok(()),
        }
    }

    async fn is_at_home(&self, user: &User, origin: &Origin) -> Result<bool, AuthError> {
        if origin.ip.is_none() {
            return Ok(false);
        }
        let page = PageRequest {
            limit: 50,
            ..PageRequest::default()
        };
        let sessions = self.ports.store.read().sessions();
        let alive = sessions.list_alive(user.id, self.now(), &page).await?;
        let home = address(origin);
        Ok(alive.items.iter().any(|session| address(&session.origin) == home))
    }
}

fn throttled(wait: chrono::Duration) -> AuthError {
    // Whole seconds, rounded up: that is what Retry-After can say.
    let seconds = wait.num_milliseconds().max(1).unsigned_abs().div_ceil(1000);
    AuthError::Throttled {
        retry_after: Duration::from_secs(seconds),
    }
}

/// Fixed-length keys that reveal nothing of what was typed.
pub(super) fn key(kind: &str, what: &str, from: &str) -> String {
    let digest = digest(&SHA256, format!("{what}\n{from}").as_bytes());
    format!("{kind}:{}", BASE64_URL_SAFE_NO_PAD.encode(digest))
}

/// What somebody typed to get in, as it is looked up and counted: all spellings of an address
/// share one count.
pub(super) fn typed(identifier: &str) -> String {
    match Email::parse(identifier) {
        Ok(email) => email.key().to_owned(),
        Err(_) => identifier.trim().to_lowercase(),
    }
}

/// The counters that tries at an account with these names are kept under, from anywhere and
/// from where it was used.
pub(crate) fn account_keys<'a>(names: impl IntoIterator<Item = &'a str>, origins: &[Origin]) -> Vec<String> {
    let mut keys = Vec::new();
    for name in names {
        let typed = typed(name);
        keys.push(key("account", &typed, ""));
        keys.extend(
            origins
                .iter()
                .map(|origin| key("login", &typed, &address(origin))),
        );
    }
    keys
}
