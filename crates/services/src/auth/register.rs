//! Registration by the owner.

use mainstay_domain::{
    AuditKind, Email, Origin, Password, PasswordCredential, PasswordHash, PersonName, RoleName, User, UserId,
    UserStatus, Username,
};
use mainstay_repositories::{RepositoryError, UnitOfWork, constraint};

use super::{AuthError, AuthService, RegistrationMode, link::Link, network::Counter};
use crate::{
    Failure,
    mail::{AccountMail, Mail, MailTemplate, PendingRegistration},
};

/// What the payload of a confirmation link is sealed for.
const PENDING: &str = "confirm_registration";

/// What somebody gives to make an account.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Address.
    pub email: Email,
    /// Password.
    pub password: Password,
    /// Login name.
    pub username: Option<Username>,
    /// Given name.
    pub first_name: Option<PersonName>,
    /// Family name.
    pub last_name: Option<PersonName>,
}

/// Who an account is for.
pub(super) struct Pending {
    pub(super) email: Email,
    pub(super) username: Option<Username>,
    pub(super) first_name: Option<PersonName>,
    pub(super) last_name: Option<PersonName>,
}

impl Registration {
    /// What a guesser would try first.
    pub(super) fn context(&self) -> Vec<String> {
        let names = [
            self.username.as_ref().map(Username::as_str),
            self.first_name.as_ref().map(PersonName::as_str),
            self.last_name.as_ref().map(PersonName::as_str),
        ];
        std::iter::once(self.email.as_str())
            .chain(names.into_iter().flatten())
            .map(str::to_owned)
            .collect()
    }
}

/// What became of a registration.
#[derive(Debug, Clone)]
pub enum Registered {
    /// The account is there.
    Account(Box<User>),
    /// Its owner must follow a link first; whether there is one already is not told.
    Mailed,
}

impl Registered {
    /// The account, if it is there.
    #[must_use]
    pub fn account(self) -> Option<User> {
        match self {
            Self::Account(user) => Some(*user),
            Self::Mailed => None,
        }
    }
}

impl AuthService {
    /// Makes an account with the role `user`, ready to log in, and mails a link to verify its
    /// address; or, where addresses must be verified first, mails a link that begins it.
    ///
    /// # Errors
    /// `RegistrationClosed`, `Throttled`, `WeakPassword`, `Failure`; where registration is open
    /// also `EmailTaken`, `UsernameTaken`.
    #[tracing::instrument(name = "auth.register", skip_all)]
    pub async fn register(
        &self,
        registration: Registration,
        origin: &Origin,
    ) -> Result<Registered, AuthError> {
        match self.settings.registration {
            RegistrationMode::Invite | RegistrationMode::Closed => Err(AuthError::RegistrationClosed),
            RegistrationMode::Verified => {
                self.register_verified(&registration, origin).await?;
                Ok(Registered::Mailed)
            }
            RegistrationMode::Open => {
                let user = self.register_open(&registration, origin).await?;
                Ok(Registered::Account(Box::new(user)))
            }
        }
    }

    async fn register_open(&self, registration: &Registration, origin: &Origin) -> Result<User, AuthError> {
        self.count_from(Counter::Registrations, origin).await?;
        self.refuse_taken(registration).await?;
        self.check_strength(&registration.password, registration.context())
            .await?;
        let hash = self.ports.hasher.hash(&registration.password).await?;
        let user = self.new_user(registration, vec![RoleName::user()]);
        let unit = self.ports.store.begin().await?;
        self.begin_account(&*unit, &user, hash, origin).await?;
        let mail = self.verification(&*unit, &user).await?;
        self.ports.mail.enqueue(&*unit, &mail, None, origin).await?;
        unit.commit().await?;
        Ok(user)
    }

    /// The same work whoever's address it is: hash, write down, answer.
    async fn register_verified(&self, registration: &Registration, origin: &Origin) -> Result<(), AuthError> {
        self.count_from(Counter::Registrations, origin).await?;
        self.check_strength(&registration.password, registration.context())
            .await?;
        let hash = self.ports.hasher.hash(&registration.password).await?;
        let pending = PendingRegistration {
            email: registration.email.as_str().to_owned(),
            password_hash: hash.expose().to_owned(),
            username: registration
                .username
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            first_name: registration
                .first_name
                .as_ref()
                .map(|name| name.as_str().to_owned()),
            last_name: registration
                .last_name
                .as_ref()
                .map(|name| name.as_str().to_owned()),
        };
        let mail = AccountMail::Registration(pending);
        self.ask_for_mail((&registration.email, mail), origin).await
    }

    /// A link that begins the account, or word to the owner of the account that is there.
    pub(super) async fn registration_mail(
        &self,
        unit: &dyn UnitOfWork,
        pending: &PendingRegistration,
    ) -> Result<Option<Mail>, AuthError> {
        let Ok(email) = Email::parse(&pending.email) else {
            return Ok(None);
        };
        if let Some(owner) = unit.users().find_by_email(&email).await? {
            return Ok(self.already_registered(&owner));
        }
        let json = serde_json::to_vec(pending).map_err(|error| Failure::Internal(error.to_string()))?;
        let payload = self.ports.mail.sealer.seal(PENDING, &json)?;
        let link = self
            .store_link(unit, Link::ConfirmRegistration, None, Some(payload))
            .await?;
        let mail = Mail::new(email, MailTemplate::VERIFY_EMAIL);
        Ok(Some(self.with_link(mail, Link::ConfirmRegistration, &link)))
    }

    /// What [`AuthService::registration_mail`] put into the link's token.
    pub(super) fn open_pending(&self, payload: Option<&str>) -> Result<(Pending, PasswordHash), AuthError> {
        let json = self
            .ports
            .mail
            .sealer
            .open(PENDING, payload.unwrap_or_default())?;
        let pending: PendingRegistration =
            serde_json::from_slice(&json).map_err(|error| Failure::Internal(error.to_string()))?;
        let email = Email::parse(&pending.email).map_err(|_| AuthError::LinkInvalid)?;
        // What was valid when it was written down is valid; a name that is not any more is left out.
        let account = Pending {
            email,
            username: pending.username.and_then(|raw| Username::parse(&raw).ok()),
            first_name: pending.first_name.and_then(|raw| PersonName::parse(&raw).ok()),
            last_name: pending.last_name.and_then(|raw| PersonName::parse(&raw).ok()),
        };
        Ok((account, PasswordHash(pending.password_hash)))
    }

    /// Adds an account, its credential and the event.
    pub(super) async fn begin_account(
        &self,
        unit: &dyn UnitOfWork,
        user: &User,
        hash: PasswordHash,
        origin: &Origin,
    ) -> Result<(), AuthError> {
        let credential = PasswordCredential {
            user_id: user.id,
            hash,
            changed_at: user.created_at,
        };
        insert_account(unit, user, &credential).await?;
        let event = self.event(AuditKind::UserRegistered, Some(user.id), origin);
        unit.audit_events().append(&event).await?;
        Ok(())
    }

    /// Spares a hash where the answer is known; the unique constraints decide in the end.
    async fn refuse_taken(&self, registration: &Registration) -> Result<(), AuthError> {
        let users = self.ports.store.read();
        if users.users().find_by_email(&registration.email).await?.is_some() {
            return Err(AuthError::EmailTaken);
        }
        if let Some(username) = &registration.username
            && users.users().find_by_username(username).await?.is_some()
        {
            return Err(AuthError::UsernameTaken);
        }
        Ok(())
    }

    pub(super) fn new_user(&self, registration: &Registration, roles: Vec<RoleName>) -> User {
        let names = Pending {
            email: registration.email.clone(),
            username: registration.username.clone(),
            first_name: registration.first_name.clone(),
            last_name: registration.last_name.clone(),
        };
        self.user_of(names, roles)
    }

    pub(super) fn user_of(&self, names: Pending, roles: Vec<RoleName>) -> User {
        let now = self.now();
        let id = UserId(self.ports.entropy.id(now));
        User {
            username: names.username,
            first_name: names.first_name,
            last_name: names.last_name,
            roles,
            ..User::new(id, names.email, UserStatus::Active, now)
        }
    }
}

/// Adds user and credential, and names what they clash with.
pub(super) async fn insert_account(
    unit: &dyn UnitOfWork,
    user: &User,
    credential: &PasswordCredential,
) -> Result<(), AuthError> {
    unit.users().insert(user).await.map_err(taken)?;
    unit.credentials().put(credential).await?;
    Ok(())
}

pub(super) fn taken(error: RepositoryError) -> AuthError {
    if error.is_conflict(constraint::USERS_EMAIL) {
        AuthError::EmailTaken
    } else if error.is_conflict(constraint::USERS_USERNAME) {
        AuthError::UsernameTaken
    } else {
        error.into()
    }
}
