//! How many tries are left: what the `RateLimit` fields tell.
//!
//! Asked after a try, under the same keys, whether or not such an account exists, so that the
//! answer is the same for both.

use mainstay_domain::{Origin, Principal, Quota, ThrottlePolicy, User};

use super::{
    AuthError, AuthService,
    guard::{key, typed},
    network::address,
};

/// What is left of a policy, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedQuota {
    /// Which policy; see docs/throttling.md.
    pub name: &'static str,
    /// What is left.
    pub quota: Quota,
}

/// What came of a try, and what is left of the tries that it was counted among.
#[derive(Debug)]
pub struct Counted<T> {
    /// What came of it.
    pub outcome: Result<T, AuthError>,
    /// What is left; nothing where nothing was counted.
    pub left: Result<Vec<NamedQuota>, AuthError>,
}

impl<T> From<AuthError> for Counted<T> {
    /// A refusal before anything was counted.
    fn from(error: AuthError) -> Self {
        Self {
            outcome: Err(error),
            left: Ok(Vec::new()),
        }
    }
}

impl AuthService {
    /// What is left of the tries to log in as `identifier`, and of failures, from this address.
    /// Nothing is counted; nothing is told where throttling is off.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn login_quota(&self, identifier: &str, origin: &Origin) -> Result<Vec<NamedQuota>, AuthError> {
        let typed = typed(identifier);
        self.quota_of(&typed, origin).await
    }

    /// Likewise, of the caller's tries to prove who they are.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn proof_quota(
        &self,
        caller: &Principal,
        origin: &Origin,
    ) -> Result<Vec<NamedQuota>, AuthError> {
        self.quota_of(caller.user.email.key(), origin).await
    }

    /// What is left of the guesses at codes of a user's authenticator apps, from this address.
    /// Only for whoever has proved a first factor.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn code_quota(&self, user: &User, origin: &Origin) -> Result<Vec<NamedQuota>, AuthError> {
        if !self.throttle().enabled {
            return Ok(Vec::new());
        }
        let key = self.code_key(user, origin).await?;
        let policy = self.throttle().second_factor;
        self.left(&[("second_factor", key, policy)]).await
    }

    /// What is left of the failures from this address, whatever the account.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn address_quota(&self, origin: &Origin) -> Result<Vec<NamedQuota>, AuthError> {
        let key = key("address", &address(origin), "");
        let policy = self.throttle().address;
        self.left(&[("address", key, policy)]).await
    }

    /// What is left of the questions for passkeys from this address.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn passkey_quota(&self, origin: &Origin) -> Result<Vec<NamedQuota>, AuthError> {
        let key = key("passkey", &address(origin), "");
        let policy = self.throttle().address;
        self.left(&[("passkey", key, policy)]).await
    }

    /// What is left of the registrations from this address.
    ///
    /// # Errors
    /// `Failure`.
    pub async fn registration_quota(&self, origin: &Origin) -> Result<Vec<NamedQuota>, AuthError> {
        let key = key("register", &address(origin), "");
        let policy = self.throttle().registration;
        self.left(&[("registration", key, policy)]).await
    }

    async fn quota_of(&self, typed: &str, origin: &Origin) -> Result<Vec<NamedQuota>, AuthError> {
        let from = address(origin);
        let throttle = self.throttle();
        self.left(&[
            ("account", key("login", typed, &from), throttle.account),
            ("address", key("address", &from, ""), throttle.address),
        ])
        .await
    }

    async fn left(
        &self,
        policies: &[(&'static str, String, ThrottlePolicy)],
    ) -> Result<Vec<NamedQuota>, AuthError> {
        let mut quotas = Vec::with_capacity(policies.len());
        if !self.throttle().enabled {
            return Ok(quotas);
        }
        let throttles = self.ports.store.read().throttles();
        for (name, key, policy) in policies {
            let state = throttles.find(key).await?;
            let quota = policy.quota(state, self.now());
            quotas.push(NamedQuota { name, quota });
        }
        Ok(quotas)
    }
}
