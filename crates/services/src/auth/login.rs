//! Login with address or user name and password.

use mainstay_domain::{
    AuditEvent, AuditKind, AuthMethod, Email, Origin, Password, PasswordHash, User, UserId, Username,
};
use mainstay_repositories::RepositoryError;
use uuid::Uuid;

use super::{
    AuthError, AuthService, SignInOutcome,
    guard::{Attempt, typed},
    sign_in::Proof,
};
use crate::{
    Failure,
    ports::{HashError, Verification},
};

/// Losing a race this often means that something else is wrong.
const MAX_RACES: usize = 4;

/// What somebody types to get in.
#[derive(Debug, Clone)]
pub struct Login {
    /// Address or user name, as typed.
    pub identifier: String,
    /// Password.
    pub password: Password,
}

/// A login whose password was right.
struct Proven {
    user: User,
    hash: PasswordHash,
    outdated: bool,
}

impl AuthService {
    /// Opens a session, or asks for a second factor. Unknown and known identifiers are treated alike: one hash is
    /// computed, the same counters move, and the answer is the same.
    ///
    /// # Errors
    /// `InvalidCredentials`, `Throttled`; with the right password also `AccountDisabled`,
    /// `EmailNotVerified`; `Failure`.
    #[tracing::instrument(name = "auth.login", skip_all)]
    pub async fn login(&self, login: Login, origin: &Origin) -> Result<SignInOutcome, AuthError> {
        let typed = typed(&login.identifier);
        let attempt = match self.count_attempt(&typed, origin).await {
            Err(error @ AuthError::Throttled { .. }) => {
                self.append(self.event(AuditKind::LoginThrottled, None, origin))
                    .await?;
                return Err(error);
            }
            other => other?,
        };
        let user = self.find_user(&login.identifier).await?;
        self.check_anywhere(&attempt, user.as_ref(), origin).await?;
        for _ in 0..MAX_RACES {
            let proven = self
                .prove(login.password.clone(), user.clone(), &attempt, origin)
                .await?;
            self.admit(&proven.user, origin).await?;
            let upgraded = self.upgraded(&proven, &login.password).await;
            if let Some(outcome) = self.enter(proven, upgraded, &attempt, origin).await? {
                return Ok(outcome);
            }
        }
        Err(RepositoryError::Unavailable("too many at once".to_owned()).into())
    }

    /// Compares the password, or does as much work if nobody has this identifier.
    async fn prove(
        &self,
        password: Password,
        user: Option<User>,
        attempt: &Attempt,
        origin: &Origin,
    ) -> Result<Proven, AuthError> {
        // Nobody's credential is looked up like anybody's, so that time gives nothing away.
        let id = user.as_ref().map_or(UserId(Uuid::nil()), |user| user.id);
        let credential = self.ports.store.read().credentials().find(id).await?;
        let hash = credential.map(|credential| credential.hash);
        let verification = match self.ports.hasher.verify(&password, hash.clone()).await {
            Err(error @ HashError::Overloaded { .. }) => {
                self.forget_attempt(attempt).await?;
                return Err(error.into());
            }
            other => other?,
        };
        match (user, hash, verification) {
            (Some(user), Some(hash), Verification::Match | Verification::MatchOutdated) => Ok(Proven {
                user,
                hash,
                outdated: verification == Verification::MatchOutdated,
            }),
            (user, _, _) => {
                self.count_failure(attempt).await?;
                let subject = user.map(|user| user.id);
                self.append(self.event(AuditKind::LoginFailed, subject, origin))
                    .await?;
                Err(AuthError::InvalidCredentials)
            }
        }
    }

    /// A hash with today's parameters, if the stored one is outdated and there is room to
    /// compute it; otherwise the next login tries again.
    async fn upgraded(&self, proven: &Proven, password: &Password) -> Option<PasswordHash> {
        if !proven.outdated {
            return None;
        }
        self.ports.hasher.hash(password).await.ok()
    }

    /// Nothing if another hash stands there than the one that was looked at: the password was
    /// changed meanwhile, or a login beside this one brought its hash up to date.
    async fn enter(
        &self,
        proven: Proven,
        upgraded: Option<PasswordHash>,
        attempt: &Attempt,
        origin: &Origin,
    ) -> Result<Option<SignInOutcome>, AuthError> {
        let user = proven.user;
        let unit = self.ports.store.begin().await?;
        // Whoever is changing the password waits until this session is there to be ended, or has
        // done so already.
        if !unit.users().lock(user.id).await? {
            return Err(AuthError::InvalidCredentials);
        }
        let current = unit.credentials().find(user.id).await?;
        if current.is_none_or(|current| current.hash != proven.hash) {
            return Ok(None);
        }
        if let Some(new) = &upgraded {
            unit.credentials().upgrade(user.id, &proven.hash, new).await?;
        }
        if self.throttle().enabled {
            unit.throttles().clear(&attempt.account_key).await?;
        }
        let proof = Proof {
            user,
            methods: AuthMethod::Password.into(),
        };
        self.sign_in(unit, proof, origin).await.map(Some)
    }

    /// The user with this address or user name. What is neither belongs to nobody.
    async fn find_user(&self, identifier: &str) -> Result<Option<User>, AuthError> {
        let users = self.ports.store.read().users();
        if let Ok(email) = Email::parse(identifier) {
            return Ok(users.find_by_email(&email).await?);
        }
        match Username::parse(identifier.trim()) {
            Ok(username) => Ok(users.find_by_username(&username).await?),
            Err(_) => Ok(None),
        }
    }

    pub(super) async fn append(&self, event: AuditEvent) -> Result<(), Failure> {
        Ok(self.ports.store.read().audit_events().append(&event).await?)
    }
}
