//! The service and what it stands on.

use std::sync::{Arc, PoisonError, RwLock};

use mainstay_domain::{AuditEvent, AuditKind, Origin, Password, Timestamp, UserId};
use mainstay_repositories::Store;

use super::{AuthError, AuthSettings, IdentityProviders, ThrottleSettings};
use crate::{
    RoleCatalogue,
    audit::event,
    mail::MailOutbox,
    ports::{
        Clock, Entropy, PasskeyVerifier, PasswordHasher, PasswordPolicy, PrincipalCache, Sealer, TokenSigner,
    },
};

/// The ports behind [`AuthService`].
#[derive(Clone)]
pub struct AuthPorts {
    /// Where data is kept.
    pub store: Arc<dyn Store>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Judges new passwords.
    pub policy: Arc<dyn PasswordPolicy>,
    /// Signs access tokens.
    pub signer: Arc<dyn TokenSigner>,
    /// Remembers principals.
    pub principals: Arc<dyn PrincipalCache>,
    /// Knows what roles grant.
    pub roles: Arc<RoleCatalogue>,
    /// Other providers that vouch for people.
    pub identity_providers: Arc<IdentityProviders>,
    /// Writes mails down.
    pub mail: Arc<MailOutbox>,
    /// Verifies passkeys.
    pub passkeys: Arc<dyn PasskeyVerifier>,
    /// Seals the secrets of authenticator apps.
    pub sealer: Arc<dyn Sealer>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub entropy: Arc<dyn Entropy>,
}

/// Registration, login, refresh, logout, sessions and passwords.
pub struct AuthService {
    pub(super) ports: AuthPorts,
    pub(super) settings: AuthSettings,
    /// How guesses are slowed down by now.
    throttle: RwLock<Arc<ThrottleSettings>>,
}

impl AuthService {
    /// A service over `ports`.
    #[must_use]
    pub fn new(ports: AuthPorts, settings: AuthSettings) -> Self {
        Self {
            throttle: RwLock::new(Arc::new(settings.throttle.clone())),
            ports,
            settings,
        }
    }

    /// How the service was set up; [`AuthService::throttle`] may have changed since.
    #[must_use]
    pub fn settings(&self) -> &AuthSettings {
        &self.settings
    }

    /// How guesses are slowed down by now.
    #[must_use]
    pub fn throttle(&self) -> Arc<ThrottleSettings> {
        let current = self.throttle.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    /// Slows guesses down in another way from now on. What was counted stays counted.
    pub fn set_throttle(&self, throttle: ThrottleSettings) {
        let mut current = self.throttle.write().unwrap_or_else(PoisonError::into_inner);
        *current = Arc::new(throttle);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// An audit event that concerns `user` and was caused by them or by a stranger.
    pub(super) fn event(&self, kind: AuditKind, user: Option<UserId>, origin: &Origin) -> AuditEvent {
        AuditEvent {
            subject_id: user,
            ..event(&*self.ports.entropy, self.now(), kind, origin)
        }
    }

    /// Refuses a new password that is easy to guess for somebody who knows `context`.
    pub(super) async fn check_strength(
        &self,
        password: &Password,
        context: Vec<String>,
    ) -> Result<(), AuthError> {
        self.ports
            .policy
            .check(password, context)
            .await
            .map_err(AuthError::WeakPassword)
    }
}
